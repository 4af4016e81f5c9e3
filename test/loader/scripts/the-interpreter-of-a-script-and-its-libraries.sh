#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!/bin/witness\n' | script /run
judge_script /run
loads /bin/witness /lib/x86_64-linux-gnu/libc.so.6 /lib64/ld-linux-x86-64.so.2
