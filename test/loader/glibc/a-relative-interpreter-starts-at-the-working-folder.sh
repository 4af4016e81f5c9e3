#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /app/prog libc.so.6 -- -dynamic-linker lib64//ld-linux-x86-64.so.2
judge /app/prog
loads /lib64/ld-linux-x86-64.so.2
