#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
show_proc
prog /app/prog libc.so.6
lib /app/libpre.so
lib /opt/lib/x86_64-linux-gnu/libpre2.so
judge --preload '$ORIGIN/libpre.so:/opt/$LIB/libpre2.so' /app/prog
loads /app/libpre.so /opt/lib/x86_64-linux-gnu/libpre2.so
