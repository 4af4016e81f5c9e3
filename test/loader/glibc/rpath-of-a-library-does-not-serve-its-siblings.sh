#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6 -- -rpath /p
lib /p/liba.so libx.so -- -rpath /a --disable-new-dtags
lib /p/libb.so liby.so
lib /a/libx.so
lib /a/liby.so
judge /prog
loads /a/libx.so
leaves /a/liby.so
