#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
beside_x86_64 s390x
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so
for level in z13 z14 z15 z16 z12 x86-64-v2; do lib /opt/glibc-hwcaps/$level/liba.so; done
judge --variants z13,z14,z15,z16 /prog
loads /opt/liba.so /opt/glibc-hwcaps/z13/liba.so /opt/glibc-hwcaps/z16/liba.so
