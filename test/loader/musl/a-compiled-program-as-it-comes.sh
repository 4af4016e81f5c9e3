#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
need_tool musl-gcc
printf '#include <stdio.h>\nint main(int c, char** v) { return printf("%%s", v[0]) < 0; }\n' >"$WORK/main.c"
lib /opt/liba.so
musl-gcc -o "$ROOT/prog" "$WORK/main.c" -Wl,--no-as-needed "$ROOT/opt/liba.so" -Wl,-rpath,/opt
judge /prog
loads /opt/liba.so
