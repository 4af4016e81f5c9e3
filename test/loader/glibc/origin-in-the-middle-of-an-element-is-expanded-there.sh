#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
show_proc
prog /app/prog liba.so libc.so.6 -- -rpath '/x$ORIGIN/lib'
lib /x/app/lib/liba.so
judge /app/prog
loads /x/app/lib/liba.so
