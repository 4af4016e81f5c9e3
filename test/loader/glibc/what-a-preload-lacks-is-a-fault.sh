#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libc.so.6
lib /usr/lib/libpre.so libnot.so
judge --preload libpre.so /prog
