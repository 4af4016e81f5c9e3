#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine i386
prog /prog liba.so libc.so.6 -- -rpath '/opt/$LIB:/srv/$PLATFORM'
for folder in lib lib32 lib/i386-linux-gnu; do lib "/opt/$folder/liba.so"; done
judge /prog
