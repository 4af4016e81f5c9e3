#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
prog /usr/bin/tool libc.so.6
printf '#!/usr/bin/env -S env -S "A=b tool" -x\n' | script /run
judge_script /run
loads /usr/bin/tool
