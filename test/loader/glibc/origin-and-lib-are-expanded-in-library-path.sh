#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
show_proc
prog /app/prog liba.so libb.so libc.so.6
lib /app/lib/liba.so
lib /opt/lib/x86_64-linux-gnu/libb.so
judge --library-path '$ORIGIN/lib:/opt/$LIB' /app/prog
loads /app/lib/liba.so /opt/lib/x86_64-linux-gnu/libb.so
