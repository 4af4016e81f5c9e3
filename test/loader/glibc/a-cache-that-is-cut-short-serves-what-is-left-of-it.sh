#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Header and entries are there, the strings are cut off.
machine x86_64
prog /prog liba.so libc.so.6
lib /opt/liba.so
echo /opt | put /etc/ld.so.conf
cache
entries=$(od -An -tu4 -j20 -N4 "$ROOT/etc/ld.so.cache")
truncate -s $((48 + 24 * entries)) "$ROOT/etc/ld.so.cache"
lib /usr/lib/liba.so
judge /prog
leaves /opt/liba.so
