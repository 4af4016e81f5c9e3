#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# The filtee and what it needs come before the filter's own needs that follow.
machine x86_64
prog /prog liba.so libb.so libc.so.6
lib /usr/lib/liba.so libd.so -- -F libf.so
lib /usr/lib/libb.so libx.so -- -rpath /b
lib /usr/lib/libd.so libx.so -- -rpath /d
lib /usr/lib/libf.so libx.so -- -rpath /f
for folder in b d f; do lib /$folder/libx.so; done
judge /prog
