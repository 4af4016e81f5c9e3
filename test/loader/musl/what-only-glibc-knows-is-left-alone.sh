#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# hwcaps, cache, preload file, filters, auditors, nodefaultlib.
machine musl
prog /prog liba.so libb.so -- -rpath /opt -z nodefaultlib --audit /opt/libaudit.so
lib /opt/liba.so -- -F libfilter.so -f libaux.so
for name in libfilter.so libaux.so libaudit.so libpre.so; do lib /opt/$name; done
lib /opt/glibc-hwcaps/x86-64-v2/liba.so
lib /opt/tls/liba.so
lib /lib/libb.so
lib /cached/libb.so
echo /cached | put /etc/ld.so.conf
cache
echo /opt/libpre.so | put /etc/ld.so.preload
judge /prog
loads /opt/liba.so /lib/libb.so
