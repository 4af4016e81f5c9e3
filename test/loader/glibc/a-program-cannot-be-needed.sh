#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /one:/two
prog /one/liba.so
lib /two/liba.so
judge --damaged /one/liba.so /prog
