#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/glibc-hwcaps/x86-64-v3/liba.so
judge --variants x86-64-v2,x86-64-v3,x86-64-v4 /prog
loads /opt/glibc-hwcaps/x86-64-v3/liba.so
