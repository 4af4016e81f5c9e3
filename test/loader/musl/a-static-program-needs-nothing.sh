#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
need_tool musl-gcc
echo 'int main(void) { return 0; }' >"$WORK/main.c"
musl-gcc -static -o "$ROOT/prog" "$WORK/main.c"
judge /prog
musl-gcc -static-pie -o "$ROOT/prog" "$WORK/main.c"
judge /prog
