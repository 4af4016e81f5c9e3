#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
need_tool gcc
echo 'int main(void) { return 0; }' >"$WORK/main.c"
lib /opt/liba.so
gcc -no-pie -o "$ROOT/prog" "$WORK/main.c" -Wl,--no-as-needed "$ROOT/opt/liba.so" -Wl,-rpath,/opt
judge /prog
loads /opt/liba.so
