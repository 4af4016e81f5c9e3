#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# musl 1.2.3, ldso/dynlink.c, load_library: its place is relative to the folder above the interpreter's.
machine musl
mkdir -p "$ROOT/opt/musl"
mv "$ROOT/lib" "$ROOT/opt/musl/lib"
LOADER=/opt/musl/lib/ld-musl-x86_64.so.1
prog /prog liba.so
echo /one | put /etc/ld-musl-x86_64.path
echo /two | put /opt/musl/etc/ld-musl-x86_64.path
lib /one/liba.so
lib /two/liba.so
judge /prog
loads /two/liba.so
