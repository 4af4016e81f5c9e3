#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /p --disable-new-dtags
lib /p/liba.so libb.so -- -rpath /a
lib /a/libb.so libx.so
lib /p/libx.so
lib /a/libx.so
judge /prog
