#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Without PATH, execvp looks in /bin and /usr/bin.
script_root
prog /usr/bin/tool libc.so.6
prog /usr/local/bin/tool libc.so.6
printf '#!/usr/bin/env -S -i tool\n' | script /run
judge_script /run
loads /usr/bin/tool
