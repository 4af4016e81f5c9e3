#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so
lib /l/glibc-hwcaps/x86-64-v2/liba.so
judge --variants x86-64-v2,x86-64-v3,x86-64-v4 --library-path /l /prog
loads /opt/liba.so /l/glibc-hwcaps/x86-64-v2/liba.so
