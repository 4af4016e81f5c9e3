#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# glibc 2.36, elf/dl-deps.c, _dl_map_object_deps: "The object is somewhere behind the current position in the search path. We
# have to move it to this earlier position." So libf's needs are looked up before libb's.
machine x86_64
prog /prog liba.so libb.so libf.so libc.so.6
lib /usr/lib/liba.so -- -F libf.so
lib /usr/lib/libb.so libx.so -- -rpath /b
lib /usr/lib/libf.so libx.so -- -rpath /f
lib /b/libx.so
lib /f/libx.so
judge /prog
loads /f/libx.so
leaves /b/libx.so
