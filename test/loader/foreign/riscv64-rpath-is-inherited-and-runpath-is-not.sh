#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
beside_x86_64 riscv64
prog /prog liba.so libc.so.6 -- -rpath /p --disable-new-dtags
lib /p/liba.so libb.so -- -rpath /a
lib /a/libb.so libin-a.so libin-p.so
lib /a/libin-a.so
lib /p/libin-p.so
judge /prog
loads /p/libin-p.so
leaves /a/libin-a.so
