#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
prog /opt/bin/tool libc.so.6
prog /usr/bin/tool libc.so.6
printf '#!/usr/bin/env -S PATH=/opt/bin tool\n' | script /run
judge_script /run
loads /opt/bin/tool
printf '#!/usr/bin/env -S PATH=/opt/bin:${PATH} tool\n' | script /run
judge_script /run
