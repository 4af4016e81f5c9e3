#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Only the seven characters are compared.
machine musl
show_proc
prog /app/prog liba.so -- -rpath '$ORIGINX/lib'
lib /appX/lib/liba.so
judge /app/prog
loads /appX/lib/liba.so
