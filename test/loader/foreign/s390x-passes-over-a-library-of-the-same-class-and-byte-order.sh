#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# 64-bit big-endian like itself, but of another machine.
machine s390x
prog /prog liba.so libc.so.6 -- -rpath /one:/two
lib /one/liba.so
poke /one/liba.so 18 '\0\053' # e_machine: EM_SPARCV9
lib /two/liba.so
judge /prog
loads /two/liba.so
