#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libx.so liba.so libc.so.6
lib /usr/lib/liba.so libx.so -- -rpath /a
lib /a/libx.so
judge /prog
loads /a/libx.so
