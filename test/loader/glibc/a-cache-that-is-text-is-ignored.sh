#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6
lib /usr/lib/liba.so
lib /opt/liba.so
echo '/opt/liba.so is what I would like to have, and this line is long enough to be a header' | put /etc/ld.so.cache
judge /prog
loads /usr/lib/liba.so
