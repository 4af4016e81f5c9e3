#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Debian's glibc looks at e_machine first; upstream's would end at the byte order.
machine aarch64-without-libc
lib /one/liba.so
machine s390x
prog /prog liba.so libc.so.6 -- -rpath /one:/two
lib /two/liba.so
judge /prog
