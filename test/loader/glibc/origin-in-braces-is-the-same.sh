#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
show_proc
prog /app/bin/prog liba.so libc.so.6 -- -rpath '${ORIGIN}/../lib'
lib /app/lib/liba.so
judge /app/bin/prog
loads /app/lib/liba.so
