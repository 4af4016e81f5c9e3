#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
show_proc
prog /app/prog '$ORIGIN/liba.so' '/opt/$LIB/libb.so' libc.so.6
lib /app/liba.so
lib /opt/lib/x86_64-linux-gnu/libb.so
judge /app/prog
loads /app/liba.so /opt/lib/x86_64-linux-gnu/libb.so
