#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /app/prog lib/liba.so ./libb.so ../libd.so libc.so.6
lib /lib/liba.so
lib /libb.so
lib /libd.so
lib /app/lib/liba.so
judge /app/prog
loads /lib/liba.so /libb.so /libd.so
