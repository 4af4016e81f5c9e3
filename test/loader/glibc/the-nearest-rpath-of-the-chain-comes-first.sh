#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /p --disable-new-dtags
lib /p/liba.so libb.so -- -rpath /a --disable-new-dtags
lib /a/libb.so
lib /p/libb.so
judge /prog
loads /a/libb.so
leaves /p/libb.so
