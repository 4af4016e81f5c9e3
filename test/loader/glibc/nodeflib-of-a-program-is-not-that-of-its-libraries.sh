#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -z nodefaultlib -rpath "/opt:$LIBDIR"
lib /opt/liba.so libb.so
lib /usr/lib/libb.so
judge /prog
loads /usr/lib/libb.so
