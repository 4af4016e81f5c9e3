#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
show_proc
prog /app/prog liba.so libb.so libc.so.6 -- -rpath '$ORIGINX/lib:${ORIGIN}X/lib'
lib /appX/lib/libb.so
lib /app/lib/liba.so
judge /app/prog
loads /appX/lib/libb.so
