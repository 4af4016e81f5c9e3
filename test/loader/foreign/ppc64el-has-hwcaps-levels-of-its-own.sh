#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
beside_x86_64 ppc64el
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so
for level in power9 power10 x86-64-v2; do lib /opt/glibc-hwcaps/$level/liba.so; done
judge --variants power9,power10 /prog
loads /opt/liba.so /opt/glibc-hwcaps/power9/liba.so /opt/glibc-hwcaps/power10/liba.so
