#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog /opt/liba.so libc.so.6 -- -rpath /two
lib /opt/liba.so -- -soname /opt/liba.so
lib /two/liba.so
judge /prog
loads /opt/liba.so
