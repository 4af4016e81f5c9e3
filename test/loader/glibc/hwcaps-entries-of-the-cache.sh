#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6
lib /opt/liba.so
lib /opt/glibc-hwcaps/x86-64-v3/liba.so
lib /opt/glibc-hwcaps/x86-64-v2/libb.so
lib /usr/lib/libb.so
echo /opt | put /etc/ld.so.conf
cache
judge --variants x86-64-v2,x86-64-v3,x86-64-v4 /prog
loads /opt/liba.so /opt/glibc-hwcaps/x86-64-v3/liba.so /opt/glibc-hwcaps/x86-64-v2/libb.so /usr/lib/libb.so
