#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Another namespace: what the program has loaded does not satisfy an auditor's needs.
machine x86_64
echo ".globl la_version; la_version: mov %edi,%eax; ret" | object auditor
prog /prog liba.so libc.so.6 -- -rpath /one --audit /opt/libaudit.so
lib /one/liba.so
lib /two/liba.so
lib /opt/libaudit.so liba.so libc.so.6 -- "$WORK/auditor.o" -rpath /two
judge --run /prog
loads /one/liba.so /two/liba.so
