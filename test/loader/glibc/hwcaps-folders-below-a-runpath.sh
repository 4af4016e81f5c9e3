#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so
for level in v2 v3 v4; do lib /opt/glibc-hwcaps/x86-64-$level/liba.so; done
judge --variants x86-64-v2,x86-64-v3,x86-64-v4 /prog
loads /opt/liba.so /opt/glibc-hwcaps/x86-64-v2/liba.so /opt/glibc-hwcaps/x86-64-v4/liba.so
