#!/bin/sh
# SIGINT and SIGTERM while a folder is filled, while a tar is written, and while nobody reads from a FIFO.
. "$(dirname "$0")/setup"
mkdir "$T/root/d" "$T/dest"
head -c 40000000 /dev/zero | split -b 8000 -a 4 - "$T/root/d/f"

# sh starts what is in the background with SIGINT ignored, which pare respects.
start() { env --default-signal=INT "$PARE" rootfs --root "$T/root" -o "$1" --include /d /bin/program & }

for signal in INT TERM; do
  for name in folder file.tar file.tar.zst; do
    start "$T/dest/$name"
    pid=$!
    for _ in $(seq 1000); do
      [ -z "$(ls -A "$T/dest")" ] || break
      sleep 0.01
    done
    kill -"$signal" "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" = 130 ] || fail "exit $status, not 130, for $signal and $name"
    nothing_left_in "$T/dest"
  done
  mkfifo "$T/fifo.tar"
  start "$T/fifo.tar"
  pid=$!
  exec 3<"$T/fifo.tar" # opened, never read
  sleep 0.2
  kill -"$signal" "$pid"
  status=0
  wait "$pid" || status=$?
  exec 3<&-
  [ "$status" = 130 ] || fail "exit $status, not 130, for $signal and a FIFO"
  rm "$T/fifo.tar"
done
