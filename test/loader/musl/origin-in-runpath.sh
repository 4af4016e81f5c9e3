#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
show_proc
prog /app/bin/prog liba.so libb.so -- -rpath '$ORIGIN/../lib:${ORIGIN}'
lib /app/lib/liba.so
lib /app/bin/libb.so
link ../app/bin/prog /bin/prog
judge /app/bin/prog
loads /app/lib/liba.so /app/bin/libb.so
judge /bin/prog
loads /app/lib/liba.so
