#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
need_tool gcc
cp -L /lib/x86_64-linux-gnu/libm.so.6 "$ROOT$LIBDIR/"
printf '#include <math.h>\n#include <stdio.h>\nint main(int c, char** v) { return printf("%%s %%g", v[0], pow(c, 3)) < 0; }\n' >"$WORK/main.c"
gcc -o "$ROOT/prog" "$WORK/main.c" -lm
judge /prog
loads /lib/x86_64-linux-gnu/libm.so.6
