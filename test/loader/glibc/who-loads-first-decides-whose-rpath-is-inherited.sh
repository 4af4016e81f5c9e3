#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# liba and libb both need libd; libd was loaded for liba, so only liba's RPATH is in its chain.
machine x86_64
prog /prog liba.so libb.so libc.so.6
lib /usr/lib/liba.so libd.so -- -rpath /a --disable-new-dtags
lib /usr/lib/libb.so libd.so -- -rpath /b --disable-new-dtags
lib /usr/lib/libd.so libe.so libf.so
lib /a/libe.so
lib /b/libe.so
lib /b/libf.so
judge /prog
loads /a/libe.so
leaves /b/libf.so
