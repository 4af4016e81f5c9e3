#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6
lib /opt/liba.so
lib /opt/libb.so
echo /opt | put /etc/ld.so.conf
cache
rm "$ROOT/opt/liba.so" "$ROOT/opt/libb.so"
lib /usr/lib/liba.so
judge /prog
loads /usr/lib/liba.so
