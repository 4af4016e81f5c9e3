#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Linux 6, fs/exec.c, exec_binprm: five rewrites, then ELOOP.
script_root
for n in 1 2 3 4 5 6; do printf '#!/opt/s%d\n' $((n + 1)) | script /opt/s$n; done
printf '#!/bin/witness\n' | script /opt/s7
judge_script /opt/s3
loads /opt/s7 /bin/witness
judge_script /opt/s2
