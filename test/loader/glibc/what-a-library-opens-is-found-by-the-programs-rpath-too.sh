#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
lib /a/libopened.so
opener /lib/libopener.so gcc libopened.so -- -shared -Wl,-soname,libopener.so
printf 'int main(void) { return 0; }\n' >"$WORK/main.c"
gcc -o "$ROOT/prog" "$WORK/main.c" -Wl,--no-as-needed "$ROOT/lib/libopener.so" -Wl,-rpath,/a -Wl,--disable-new-dtags
judge --run --hints notes /prog
loads /a/libopened.so
