#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /one:/two
lib /one/liba.so
poke /one/liba.so 5 '\002' # EI_DATA: ELFDATA2MSB
lib /two/liba.so
judge --damaged /one/liba.so /prog
