#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
mkdir -p "$ROOT/usr"
mv "$ROOT/lib" "$ROOT/usr/lib"
mv "$ROOT/lib64" "$ROOT/usr/lib64"
ln -s usr/lib "$ROOT/lib"
ln -s usr/lib64 "$ROOT/lib64"
lib /usr/lib/liba.so
prog /usr/bin/prog liba.so libc.so.6
ln -s usr/bin "$ROOT/bin"
judge /usr/bin/prog
judge /bin/prog
loads /usr/bin/prog /usr/lib/liba.so /usr/lib64/ld-linux-x86-64.so.2
