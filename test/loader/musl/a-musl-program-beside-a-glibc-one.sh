#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /glibc liba.so libc.so.6 -- -rpath /opt
lib /usr/lib/liba.so libb.so
lib /opt/liba.so
lib /lib/x86_64-linux-gnu/libb.so
machine musl
prog /musl liba.so libc.so
judge /musl
machine x86_64
judge /glibc
