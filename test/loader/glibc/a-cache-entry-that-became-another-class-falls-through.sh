#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6
lib /opt/liba.so
echo /opt | put /etc/ld.so.conf
cache
lib /usr/lib/liba.so
machine i386-without-libc
lib /opt/liba.so
judge /prog
loads /usr/lib/liba.so
