#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
prog /opt/tool libc.so.6
printf '#!/usr/bin/env /opt/tool\n' | script /run
judge_script /run
loads /opt/tool
