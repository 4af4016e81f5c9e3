#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
lib /a/libopened.so
lib /b/libopened.so
opener /lib/libopener.so gcc libopened.so -- -shared -Wl,-soname,libopener.so -Wl,-rpath,/b -Wl,--enable-new-dtags
printf 'int main(void) { return 0; }\n' >"$WORK/main.c"
gcc -o "$ROOT/prog" "$WORK/main.c" -Wl,--no-as-needed "$ROOT/lib/libopener.so" -Wl,-rpath,/a -Wl,--enable-new-dtags
judge --run --hints notes /prog
loads /b/libopened.so
leaves /a/libopened.so
