#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog linux-vdso.so.1 libc.so.6
judge /prog
