#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
echo ".globl la_version; la_version: mov %edi,%eax; ret" | object auditor
prog /prog libc.so.6 -- --audit /opt/libaudit.so
lib /opt/libaudit.so libdep.so libc.so.6 -- "$WORK/auditor.o" -rpath /dep
lib /dep/libdep.so
judge --run /prog
loads /opt/libaudit.so /dep/libdep.so
