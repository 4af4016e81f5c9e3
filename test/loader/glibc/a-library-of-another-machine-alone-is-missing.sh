#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /one
lib /one/liba.so
poke /one/liba.so 18 '\267' # e_machine: EM_AARCH64
judge /prog
