#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# The loader reads no ld.so.conf: without a cache this program would not start. What pare is asked for is the answer after
# the ldconfig that is still to come.
machine x86_64
prog /prog liba.so libb.so libd.so libc.so.6
printf '# first\ninclude /etc/ld.so.conf.d/*.conf\n/last # comment\n' | put /etc/ld.so.conf
printf '/b\n' | put /etc/ld.so.conf.d/10-b.conf
printf '/a\n' | put /etc/ld.so.conf.d/20-a.conf
printf '/not\n' | put /etc/ld.so.conf.d/30-not.txt
lib /a/liba.so
lib /b/liba.so
lib /last/liba.so
lib /a/libb.so
lib /last/libb.so
lib /last/libd.so
lib /not/libd.so
cp -a "$ROOT" "$WORK/uncached"
cache
judge --pare-root "$WORK/uncached" /prog
loads /b/liba.so /a/libb.so /last/libd.so
