#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# One name in one folder list, for each machine another file.
for machine in x86_64 i386 aarch64 riscv64 s390x; do
  machine $machine
  lib /opt/$machine/liba.so
  prog /bin/$machine liba.so libc.so.6 -- -rpath /opt/s390x:/opt/riscv64:/opt/aarch64:/opt/i386:/opt/x86_64
done
for machine in x86_64 i386 aarch64 riscv64; do
  machine $machine-without-libc
  judge /bin/$machine
  loads /opt/$machine/liba.so
done
