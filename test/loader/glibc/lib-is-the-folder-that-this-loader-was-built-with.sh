#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6 -- -rpath '/opt/$LIB:/srv/${LIB}'
for folder in lib lib64 lib/x86_64-linux-gnu; do
  lib "/opt/$folder/liba.so"
  lib "/srv/$folder/libb.so"
done
judge /prog
loads /opt/lib/x86_64-linux-gnu/liba.so /srv/lib/x86_64-linux-gnu/libb.so
