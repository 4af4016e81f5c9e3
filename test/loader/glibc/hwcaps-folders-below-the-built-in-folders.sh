#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6
lib /usr/lib/x86_64-linux-gnu/liba.so
lib /usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/liba.so
lib /usr/lib/glibc-hwcaps/x86-64-v2/liba.so
judge --variants x86-64-v2,x86-64-v3,x86-64-v4 /prog
loads /usr/lib/x86_64-linux-gnu/liba.so /usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/liba.so
leaves /usr/lib/glibc-hwcaps/x86-64-v2/liba.so
