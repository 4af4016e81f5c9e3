#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine i386-without-libc
lib /one/liba.so
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /one:/two
lib /two/liba.so
judge /prog
loads /two/liba.so
