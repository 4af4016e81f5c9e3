#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine aarch64
prog /prog libc.so.6
rm "$ROOT$LOADER"
judge /prog
