#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
lib /opt/libn000.so
names=
for n in $(seq -f %03g 1 299); do
  LC_ALL=C sed "s/libn000/libn$n/g" "$ROOT/opt/libn000.so" >"$ROOT/opt/libn$n.so"
  names="$names libn$n.so"
done
prog /prog libc.so.6 -- -rpath /opt
lib /opt/liball.so -- -L"$ROOT/opt" $(printf -- '-l:%s ' $names)
prog /prog liball.so libn000.so libc.so.6 -- -rpath /opt --disable-new-dtags
judge /prog
loads /opt/libn299.so
