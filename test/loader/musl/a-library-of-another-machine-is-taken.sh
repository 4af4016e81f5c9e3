#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# musl does not look at e_machine.
machine musl
prog /prog liba.so -- -rpath /one:/two
lib /one/liba.so
poke /one/liba.so 18 '\267' # e_machine: EM_AARCH64
lib /two/liba.so
judge /prog
loads /one/liba.so
