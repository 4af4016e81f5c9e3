#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# A program with the interpreter of another name: the soname of the loader that runs is what counts.
machine x86_64
cp "$ROOT$LOADER" "$ROOT/my-loader"
LOADER=/my-loader
prog /prog ld-linux-x86-64.so.2 libc.so.6
judge /prog
loads /my-loader
leaves /lib64/ld-linux-x86-64.so.2
