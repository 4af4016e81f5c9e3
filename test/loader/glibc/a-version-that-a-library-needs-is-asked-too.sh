#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
echo '.globl f; .type f,@function; f: ret' | object f
echo '.globl g; .type g,@function; g: jmp f@plt' | object g
echo 'V1 { f; };' >"$WORK/old.map"
echo 'V2 { f; };' >"$WORK/new.map"
lib /opt/libb.so -- "$WORK/f.o" --version-script "$WORK/new.map"
lib /opt/liba.so -- "$WORK/g.o" "$ROOT/opt/libb.so" -rpath /opt
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/libb.so -- "$WORK/f.o" --version-script "$WORK/old.map"
judge /prog
