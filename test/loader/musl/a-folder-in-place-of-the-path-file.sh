#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so
mkdir -p "$ROOT/etc/ld-musl-x86_64.path"
lib /lib/liba.so
judge /prog
