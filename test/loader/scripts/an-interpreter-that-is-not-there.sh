#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!/opt/not/there -x\n' | script /run
judge_script /run
