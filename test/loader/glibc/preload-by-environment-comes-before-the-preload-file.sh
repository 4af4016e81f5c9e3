#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libc.so.6
lib /one/libx.so
lib /two/libx.so
echo /two/libx.so | put /etc/ld.so.preload
judge --preload /one/libx.so /prog
