#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine armhf
prog /prog liba.so libc.so.6 -- -rpath /one:/two
lib /two/liba.so
lib /one/liba.so
poke /one/liba.so 37 '\002' # e_flags: EF_ARM_ABI_FLOAT_SOFT
judge /prog
loads /two/liba.so
