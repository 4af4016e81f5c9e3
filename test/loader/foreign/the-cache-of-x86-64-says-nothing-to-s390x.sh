#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Another byte order than its own: not read at all.
beside_x86_64 s390x
prog /prog liba.so libc.so.6
lib /opt/liba.so
lib /usr/lib/liba.so
printf '/opt\n/usr/lib/x86_64-linux-gnu\n' | put /etc/ld.so.conf
cache
judge /prog
loads /usr/lib/liba.so
