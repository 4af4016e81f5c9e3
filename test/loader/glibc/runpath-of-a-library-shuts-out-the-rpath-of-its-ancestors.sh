#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# glibc 2.36, elf/dl-load.c, _dl_map_object: "Look at the RPATH ... only if the object has no DT_RUNPATH".
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /p --disable-new-dtags
lib /p/liba.so libb.so -- -rpath /a
lib /p/libb.so
judge /prog
leaves /p/libb.so
