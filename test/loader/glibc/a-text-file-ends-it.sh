#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# As libc.so and libm.so of a development package are: linker scripts.
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /one:/two
echo '/* GNU ld script: this is longer than an ELF header, as real ones are */ GROUP ( /two/liba.so )' | put /one/liba.so
lib /two/liba.so
judge --damaged /one/liba.so /prog
