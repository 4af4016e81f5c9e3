#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# $ORIGIN/.. of /link/liba.so is the parent of /link's target: the kernel resolves `..` after the link.
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /link
lib /deep/down/liba.so libb.so -- -rpath '$ORIGIN/../side'
link deep/down /link
lib /deep/side/libb.so
lib /side/libb.so
judge /prog
loads /deep/side/libb.so
leaves /side/libb.so
