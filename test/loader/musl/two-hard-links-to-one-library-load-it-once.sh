#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Mapped once; yet the second name is opened, and the program does not start without it.
machine musl
prog /prog liba.so libb.so -- -rpath /opt
lib /opt/liba.so
judge /prog
ln "$ROOT/opt/liba.so" "$ROOT/opt/libb.so"
judge /prog
loads /opt/liba.so /opt/libb.so
