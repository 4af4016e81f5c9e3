#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine i386-without-libc
lib /one/liba.so
machine x86_64
prog /prog /one/liba.so libc.so.6
judge /prog
