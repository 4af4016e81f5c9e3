#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# The cache answers with the plain file before the built-in folders, and their hwcaps, are looked at.
machine x86_64
prog /prog liba.so libc.so.6
lib /usr/lib/liba.so
cache
lib /usr/lib/glibc-hwcaps/x86-64-v3/liba.so
judge --variants x86-64-v2,x86-64-v3,x86-64-v4 /prog
leaves /usr/lib/glibc-hwcaps/x86-64-v3/liba.so
