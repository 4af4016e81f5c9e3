#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# The second need has the name that the first was loaded by: no second search, whatever the soname says.
machine x86_64
prog /prog liba.so libb.so libc.so.6
lib /usr/lib/liba.so libx.so -- -rpath /a
lib /usr/lib/libb.so libx.so -- -rpath /b
lib /a/libx.so -- -soname libx.so.1
lib /b/libx.so -- -soname libx.so.2
judge /prog
loads /a/libx.so
leaves /b/libx.so
