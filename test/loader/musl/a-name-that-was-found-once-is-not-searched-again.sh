#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so libb.so
lib /usr/lib/liba.so libx.so -- -rpath /a
lib /usr/lib/libb.so libx.so -- -rpath /b
lib /a/libx.so
lib /b/libx.so
judge /prog
loads /a/libx.so
leaves /b/libx.so
