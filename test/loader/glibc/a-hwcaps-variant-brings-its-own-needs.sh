#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so libplain.so
lib /opt/glibc-hwcaps/x86-64-v3/liba.so libnew.so -- -rpath '$ORIGIN:/opt'
lib /usr/lib/libplain.so
lib /opt/libnew.so
lib /opt/glibc-hwcaps/x86-64-v3/libnew.so
lib /opt/glibc-hwcaps/x86-64-v4/libnew.so
judge --variants x86-64-v2,x86-64-v3,x86-64-v4 /prog
loads /usr/lib/libplain.so /opt/glibc-hwcaps/x86-64-v3/libnew.so
