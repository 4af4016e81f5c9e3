#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
mkdir -p "$ROOT/lib/x86_64-linux-musl"
mv "$ROOT$LOADER" "$ROOT/lib/x86_64-linux-musl/libc.so"
link x86_64-linux-musl/libc.so "$LOADER"
printf '/lib/x86_64-linux-musl\n/usr/lib/x86_64-linux-musl\n' | put /etc/ld-musl-x86_64.path
prog /prog libc.so liba.so
lib /usr/lib/x86_64-linux-musl/liba.so
judge /prog
loads /usr/lib/x86_64-linux-musl/liba.so
