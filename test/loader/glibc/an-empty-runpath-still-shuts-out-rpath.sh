#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog /old liba.so libc.so.6 -- -rpath /new
retag /prog needed rpath
retag /prog runpath runpath 0
lib /old/liba.so
judge /prog
