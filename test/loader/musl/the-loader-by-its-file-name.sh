#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Not a reserved name: the file is searched for, mapped, and then recognised as another libc.
machine musl
prog /prog ld-musl-x86_64.so.1 libc.so
judge /prog
