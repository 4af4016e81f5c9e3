#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# An Intel CPU with AVX2 would call itself haswell; the tunable takes that away.
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath '/opt/$PLATFORM'
lib /opt/x86_64/liba.so
judge --env GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2 /prog
loads /opt/x86_64/liba.so
