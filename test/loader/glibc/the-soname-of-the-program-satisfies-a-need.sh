#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -soname libprog.so
lib /usr/lib/liba.so libprog.so
lib /usr/lib/libprog.so
judge /prog
leaves /usr/lib/libprog.so
