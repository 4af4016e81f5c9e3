#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
mkdir -p "$ROOT/store"
mv "$ROOT$LOADER" "$ROOT/store/ld.so"
link /alternatives/ld "$LOADER"
link ../store/ld.so /alternatives/ld
prog /prog libc.so.6
judge /prog
loads /store/ld.so
