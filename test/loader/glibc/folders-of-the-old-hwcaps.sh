#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Up to glibc 2.36; which of them are searched depends on the CPU.
machine x86_64
prog /prog liba.so libb.so libd.so libc.so.6 -- -rpath /opt
lib /opt/liba.so
lib /opt/tls/liba.so
lib /opt/x86_64/libb.so
lib /opt/haswell/libb.so
lib /opt/tls/x86_64/libd.so
lib /opt/haswell/avx512_1/libd.so
judge --legacy /prog
loads /opt/tls/liba.so
