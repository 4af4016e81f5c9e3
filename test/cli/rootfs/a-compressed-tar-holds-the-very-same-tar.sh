#!/bin/sh
# By the name of the file, and `-` is the tar itself. gzip, zstd, GNU tar and bsdtar read it.
. "$(dirname "$0")/setup"
mkdir "$T/root/d"
head -c 3000000 /dev/urandom >"$T/root/d/noise"
seq 300000 >"$T/root/d/numbers"
rootfs - --include /d >"$T/plain.tar"
for form in tar tar.gz tar.zst; do rootfs "$T/out.$form" --include /d; done
cmp "$T/plain.tar" "$T/out.tar"
gzip -dc "$T/out.tar.gz" | cmp "$T/plain.tar" - || fail "gzip"
zstd -dqc "$T/out.tar.zst" | cmp "$T/plain.tar" - || fail "zstd"
tar -tf "$T/plain.tar" >"$T/names"
for form in tar.gz tar.zst; do
  tar -tf "$T/out.$form" | diff "$T/names" - || fail "GNU tar, $form"
  bsdtar -tf "$T/out.$form" | diff "$T/names" - || fail "bsdtar, $form"
done
mkfifo "$T/fifo.tar"
cat "$T/fifo.tar" >"$T/from-fifo" &
rootfs "$T/fifo.tar" --include /d
wait
cmp "$T/plain.tar" "$T/from-fifo" || fail "a FIFO"
[ -p "$T/fifo.tar" ] || fail "the FIFO is replaced"
