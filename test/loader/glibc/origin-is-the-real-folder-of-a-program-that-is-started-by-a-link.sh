#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
show_proc
prog /real/prog liba.so libc.so.6 -- -rpath '$ORIGIN/lib'
link ../real/prog /bin/prog
lib /real/lib/liba.so
lib /bin/lib/liba.so
judge /bin/prog
loads /real/lib/liba.so
