#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
echo '.globl f; .type f,@function; f: ret' | object f
echo 'V1 { f; };' >"$WORK/old.map"
echo 'V1 { }; V2 { f; } V1;' >"$WORK/new.map"
lib /opt/liba.so -- "$WORK/f.o" --version-script "$WORK/new.map"
echo '.globl _start; _start: call f@plt' | object start
prog /prog libc.so.6 -- "$ROOT/opt/liba.so" -rpath /opt
judge /prog
lib /opt/liba.so -- "$WORK/f.o" --version-script "$WORK/old.map"
judge /prog
