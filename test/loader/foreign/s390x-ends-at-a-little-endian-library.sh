#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine aarch64-without-libc
lib /one/liba.so
machine s390x
prog /prog liba.so libc.so.6 -- -rpath /one:/two
lib /two/liba.so
judge --damaged /one/liba.so /prog
