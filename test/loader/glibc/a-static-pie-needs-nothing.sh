#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64-without-libc
need_tool gcc
echo 'int main(void) { return 0; }' >"$WORK/main.c"
gcc -static-pie -o "$ROOT/prog" "$WORK/main.c"
judge /prog
