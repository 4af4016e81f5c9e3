#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
echo '.globl f; .type f,@function; f: ret' | object f
echo 'V1 { f; };' >"$WORK/old.map"
echo 'V2 { f; };' >"$WORK/new.map"
lib /opt/liba.so -- "$WORK/f.o" --version-script "$WORK/new.map"
echo '.globl _start; _start: mov $60,%eax; xor %edi,%edi; syscall; call f@plt' | object start
prog /prog -- "$ROOT/opt/liba.so" -rpath /opt
lib /opt/liba.so -- "$WORK/f.o" --version-script "$WORK/old.map"
judge /prog
