#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
echo ".globl la_version; la_version: mov %edi,%eax; ret" | object auditor
prog /prog libc.so.6 -- --audit libaudit.so:libsecond.so -rpath /opt
lib /opt/libaudit.so libc.so.6 -- "$WORK/auditor.o"
lib /opt/libsecond.so -- "$WORK/auditor.o"
judge --run /prog
