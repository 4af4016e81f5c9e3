#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
beside_x86_64 riscv64
prog /prog liba.so libb.so libd.so libnot.so libc.so.6 -- -rpath '/opt:/srv/$LIB'
lib "$LIBDIR/liba.so" libe.so
lib /opt/libb.so libf.so -- -rpath /f --disable-new-dtags
lib /usr/lib/libe.so
lib /f/libf.so
for folder in lib lib64 lib32 "${LIBDIR#/}"; do lib "/srv/$folder/libd.so"; done
judge /prog
loads "$LIBDIR/liba.so" /opt/libb.so /usr/lib/libe.so /f/libf.so
leaves /usr/lib/x86_64-linux-gnu/liba.so
