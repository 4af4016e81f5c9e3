#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
echo '.globl f; .type f,@function; f: ret' | object f
echo 'V1 { f; };' >"$WORK/old.map"
echo 'V2 { f; };' >"$WORK/new.map"
lib /new/liba.so -- "$WORK/f.o" --version-script "$WORK/new.map"
lib /old/liba.so -- "$WORK/f.o" --version-script "$WORK/old.map"
echo '.globl _start; _start: call f@plt' | object start
prog /prog libc.so.6 -- "$ROOT/new/liba.so" -rpath /new
judge /prog
judge --library-path /old /prog
