#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# libd is asked for by libb (level 2) before libx (level 3), though libx comes first in a walk in depth.
machine x86_64
prog /prog liba.so libb.so libc.so.6
lib /usr/lib/liba.so libx.so
lib /usr/lib/libx.so libd.so -- -rpath /x --disable-new-dtags
lib /usr/lib/libb.so libd.so -- -rpath /b --disable-new-dtags
lib /usr/lib/libd.so libe.so
lib /b/libe.so
lib /x/libe.so
judge /prog
loads /b/libe.so
leaves /x/libe.so
