#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# One library whose soname and need are made others, of the same length.
machine x86_64
lib /opt/libn000.so libn-to.so
for n in $(seq -f %03g 0 199); do
  next=$(printf %03d $((10#$n + 1)))
  LC_ALL=C sed "s/libn000/libn$n/g; s/libn-to/libn$next/g" "$ROOT/opt/libn000.so" >"$WORK/libn$n.so"
done
mv "$WORK"/libn*.so "$ROOT/opt/"
lib /opt/libn200.so
prog /prog libn000.so libc.so.6 -- -rpath /opt --disable-new-dtags
judge /prog
loads /opt/libn200.so
