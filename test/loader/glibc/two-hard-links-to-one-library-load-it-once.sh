#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Mapped once; yet the second name is opened, and the program does not start without it.
machine x86_64
prog /prog liba.so libb.so libc.so.6 -- -rpath /opt
lib /opt/liba.so -- -soname ''
judge /prog
ln "$ROOT/opt/liba.so" "$ROOT/opt/libb.so"
judge /prog
loads /opt/liba.so /opt/libb.so
