#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6 -- -z nodefaultlib -rpath "$LIBDIR"
lib /opt/liba.so
lib /usr/lib/libb.so
echo /opt | put /etc/ld.so.conf
cache
judge /prog
loads /opt/liba.so
leaves /usr/lib/libb.so
