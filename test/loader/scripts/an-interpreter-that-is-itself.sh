#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!/run\n' | script /run
judge_script /run
