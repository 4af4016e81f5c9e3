#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
beside_x86_64 aarch64
prog /prog liba.so libc.so.6
lib /opt/liba.so
lib /usr/lib/liba.so
echo /opt | put /etc/ld.so.conf
cache
judge /prog
