#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# glibc 2.36, elf/dl-load.c, open_path: another errno than ENOENT and EACCES gives up this list, not the search.
machine x86_64
prog /prog liba.so libb.so libc.so.6 -- -rpath /one:/two
link liba.so /one/liba.so
link libb.so /one/libb.so
lib /two/liba.so
lib /two/libb.so
lib /usr/lib/liba.so
judge /prog
loads /usr/lib/liba.so
