#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog $'lib\344.so' $'lib\303\244.so' libc.so.6 -- -rpath $'/\377'
lib $'/\377/lib\344.so'
lib $'/\377/lib\303\244.so'
judge /prog
loads $'/\377/lib\344.so' $'/\377/lib\303\244.so'
