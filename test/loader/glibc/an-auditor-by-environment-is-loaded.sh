#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
echo ".globl la_version; la_version: mov %edi,%eax; ret" | object auditor
prog /prog libc.so.6
lib /opt/libaudit.so libc.so.6 -- "$WORK/auditor.o"
judge --run --env LD_AUDIT=/opt/libaudit.so /prog
loads /opt/libaudit.so
