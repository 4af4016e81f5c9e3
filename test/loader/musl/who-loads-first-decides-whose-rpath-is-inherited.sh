#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so libb.so
lib /usr/lib/liba.so libd.so -- -rpath /a
lib /usr/lib/libb.so libd.so -- -rpath /b
lib /usr/lib/libd.so libe.so libf.so
lib /a/libe.so
lib /b/libe.so
lib /b/libf.so
judge /prog
loads /a/libe.so
leaves /b/libf.so
