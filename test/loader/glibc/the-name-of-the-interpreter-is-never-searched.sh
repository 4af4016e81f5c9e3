#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog ld-linux-x86-64.so.2 libc.so.6 -- -rpath /opt
cp "$ROOT$LOADER" "$ROOT/ld.copy"
mkdir -p "$ROOT/opt"
mv "$ROOT/ld.copy" "$ROOT/opt/ld-linux-x86-64.so.2"
judge /prog
leaves /opt/ld-linux-x86-64.so.2
