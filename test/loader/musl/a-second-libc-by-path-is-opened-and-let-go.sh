#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
mkdir -p "$ROOT/opt"
cp "$ROOT$LOADER" "$ROOT/opt/libc.so"
prog /prog /opt/libc.so
judge /prog
