#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# A backslash and a byte, and the four characters that such a byte is written as: two files.
machine x86_64
prog /prog $'lib\\\377.so' 'lib\xff.so' 'lib\\xff.so' 'lib\n.so' libc.so.6 -- -rpath /opt
lib $'/opt/lib\\\377.so'
lib '/opt/lib\xff.so'
lib '/opt/lib\\xff.so'
lib '/opt/lib\n.so'
judge /prog
loads '/opt/lib\xff.so' '/opt/lib\\xff.so'
