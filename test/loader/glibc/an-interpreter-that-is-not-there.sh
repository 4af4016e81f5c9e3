#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libc.so.6 -- -dynamic-linker /opt/ld.so
judge /prog
