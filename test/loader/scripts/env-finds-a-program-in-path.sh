#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
prog /usr/local/bin/tool libc.so.6
prog /usr/bin/tool libc.so.6
printf '#!/usr/bin/env tool\n' | script /run
judge_script /run
loads /usr/bin/env /usr/local/bin/tool
leaves /usr/bin/tool
