#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
beside_x86_64 aarch64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so
for level in x86-64-v2 v8.2 atomics; do lib /opt/glibc-hwcaps/$level/liba.so; done
judge /prog
loads /opt/liba.so
