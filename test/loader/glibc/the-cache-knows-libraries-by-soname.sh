#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libx.so.1 libc.so.6
lib /opt/libx.so.1.2.3 -- -soname libx.so.1
echo /opt | put /etc/ld.so.conf
mkdir -p "$ROOT/etc"
/sbin/ldconfig -r "$ROOT" -i
judge /prog
loads /opt/libx.so.1.2.3
