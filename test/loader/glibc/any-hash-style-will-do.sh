#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libd.so libc.so.6 -- -rpath /opt --hash-style=gnu
lib /opt/liba.so -- --hash-style=sysv
lib /opt/libb.so -- --hash-style=gnu
lib /opt/libd.so -- --hash-style=both
judge /prog
