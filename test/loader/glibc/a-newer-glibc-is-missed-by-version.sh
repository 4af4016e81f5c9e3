#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
echo '.globl f; .type f,@function; f: ret' | object f
echo 'GLIBC_9.9 { f; };' >"$WORK/new.map"
lib /new/libc.so.6 -- "$WORK/f.o" --version-script "$WORK/new.map"
echo '.globl _start; _start: call f@plt' | object start
prog /prog -- "$ROOT/new/libc.so.6"
judge /prog
