#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# A text in an earlier folder ends it, a folder too; a dangling link is passed over.
machine musl
prog /prog liba.so -- -rpath /one:/two
lib /two/liba.so
link /nowhere /one/liba.so
judge /prog
loads /two/liba.so
rm "$ROOT/one/liba.so"
echo 'INPUT ( /two/liba.so ) and so on: longer than the header of an ELF file, as real linker scripts are' | put /one/liba.so
judge --damaged /one/liba.so /prog
rm "$ROOT/one/liba.so"
mkdir "$ROOT/one/liba.so"
judge --damaged /one/liba.so /prog
