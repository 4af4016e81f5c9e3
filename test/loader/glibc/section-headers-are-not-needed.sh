#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so libb.so -- -rpath /b
lib /b/libb.so
for file in /prog /opt/liba.so /b/libb.so; do
  poke $file 40 '\0\0\0\0\0\0\0\0'   # e_shoff
  poke $file 58 '\0\0\0\0\0\0'       # e_shentsize, e_shnum, e_shstrndx
done
judge /prog
loads /b/libb.so
