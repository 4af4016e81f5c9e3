#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
echo '.globl f; .type f,@function; f: ret' | object f
echo 'V1 { f; };' >"$WORK/old.map"
echo 'V2 { f; };' >"$WORK/new.map"
lib /opt/liba.so -- "$WORK/f.o" --version-script "$WORK/new.map"
echo '.globl _start; _start: call f@plt' | object start
prog /prog libc.so.6 -- "$ROOT/opt/liba.so" -rpath /opt
lib /opt/liba.so -- "$WORK/f.o" --version-script "$WORK/old.map"
# VER_FLG_WEAK in vna_flags, 4 bytes into the only Vernaux, 16 bytes behind the Verneed.
section=$(readelf -SW "$ROOT/prog" | sed -n 's/.*gnu.version_r *VERNEED *[0-9a-f]* \([0-9a-f]*\).*/\1/p')
poke /prog $((0x$section + 16 + 4)) '\002'
judge /prog
