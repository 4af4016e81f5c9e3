#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine s390x-without-libc
lib /one/liba.so
machine aarch64
prog /prog liba.so libc.so.6 -- -rpath /one:/two
lib /two/liba.so
judge /prog
