#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /app/prog liba.so libb.so libc.so.6 -- -rpath lib:./opt
lib /lib/liba.so
lib /opt/libb.so
lib /app/lib/liba.so
judge /app/prog
loads /lib/liba.so /opt/libb.so
