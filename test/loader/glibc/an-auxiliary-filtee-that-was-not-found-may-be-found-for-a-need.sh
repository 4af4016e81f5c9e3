#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6
lib /usr/lib/liba.so -- -f libx.so
lib /usr/lib/libb.so libx.so -- -rpath /b
lib /b/libx.so
judge --run /prog
loads /b/libx.so
