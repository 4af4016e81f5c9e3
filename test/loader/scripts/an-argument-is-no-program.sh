#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
prog /bin/other libc.so.6
printf '#!/bin/witness /bin/other -x\n' | script /run
judge_script /run
leaves /bin/other
