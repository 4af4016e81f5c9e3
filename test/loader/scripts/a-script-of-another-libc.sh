#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
machine musl
prog /bin/small
printf '#!/bin/small\n' | script /run
judge_script /run
loads /bin/small /lib/ld-musl-x86_64.so.1
