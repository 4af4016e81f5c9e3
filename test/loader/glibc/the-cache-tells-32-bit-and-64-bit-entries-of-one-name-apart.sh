#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine i386
prog /prog32 liba.so libc.so.6
lib /opt/32/liba.so
machine x86_64
prog /prog64 liba.so libc.so.6
lib /opt/64/liba.so
printf '/opt/32\n/opt/64\n' | put /etc/ld.so.conf
cache
judge /prog64
loads /opt/64/liba.so
judge /prog32
loads /opt/32/liba.so
