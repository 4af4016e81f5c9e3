#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
lib /a/libopened.so
lib /b/libopened.so
opener /lib/libopener.so musl-gcc libopened.so -- -shared -Wl,-soname,libopener.so -Wl,-rpath,/b
printf 'int main(void) { return 0; }\n' >"$WORK/main.c"
musl-gcc -o "$ROOT/prog" "$WORK/main.c" -Wl,--no-as-needed "$ROOT/lib/libopener.so" -Wl,-rpath,/a
judge --run --hints notes /prog
loads /a/libopened.so
leaves /b/libopened.so
