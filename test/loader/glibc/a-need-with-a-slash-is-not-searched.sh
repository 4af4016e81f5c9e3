#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog /opt/liba.so libc.so.6 -- -rpath /two
lib /two/liba.so
lib /usr/lib/liba.so
judge /prog
