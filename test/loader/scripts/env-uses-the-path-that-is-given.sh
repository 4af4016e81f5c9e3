#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
prog /opt/bin/tool libc.so.6
prog /usr/bin/tool libc.so.6
printf '#!/usr/bin/env tool\n' | script /run
judge --script --env PATH=/srv/bin:/opt/bin:/usr/bin /run
loads /opt/bin/tool
