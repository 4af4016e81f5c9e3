#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog /one liba.so libc.so.6 -- -rpath /two
retag /prog needed runpath
lib /one/liba.so
lib /two/liba.so
judge /prog
loads /two/liba.so
