#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6
lib /usr/lib/liba.so
lib /c/liba.so
echo /c | put /etc/ld.so.conf
cache
lib /l/liba.so
judge --library-path /l /prog
loads /l/liba.so
judge /prog
loads /c/liba.so
