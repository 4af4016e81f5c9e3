#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libc.so.6
lib /usr/lib/libpre.so
lib /usr/lib/glibc-hwcaps/x86-64-v2/libpre.so
judge --variants x86-64-v2,x86-64-v3,x86-64-v4 --preload libpre.so /prog
loads /usr/lib/libpre.so /usr/lib/glibc-hwcaps/x86-64-v2/libpre.so
