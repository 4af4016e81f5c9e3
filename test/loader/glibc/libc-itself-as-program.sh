#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
judge /lib/x86_64-linux-gnu/libc.so.6
loads /lib64/ld-linux-x86-64.so.2
