#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so
for level in x86-64-v1 x86-64-v5 x86-64 power9 z14; do lib /opt/glibc-hwcaps/$level/liba.so; done
lib /opt/glibc-hwcaps/liba.so
judge --variants x86-64-v2,x86-64-v3,x86-64-v4 /prog
leaves /opt/glibc-hwcaps/x86-64-v5/liba.so /opt/glibc-hwcaps/x86-64-v1/liba.so
