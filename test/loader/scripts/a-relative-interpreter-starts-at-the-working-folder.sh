#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!bin/witness\n' | script /app/run
prog /app/bin/witness libc.so.6
judge_script /app/run
loads /bin/witness
leaves /app/bin/witness
