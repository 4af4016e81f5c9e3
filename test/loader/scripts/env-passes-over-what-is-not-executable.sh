#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
prog /usr/bin/tool libc.so.6
prog /usr/local/bin/tool libc.so.6
chmod 644 "$ROOT/usr/local/bin/tool"
mkdir -p "$ROOT/usr/local/sbin/tool"
printf '#!/usr/bin/env tool\n' | script /run
judge_script /run
loads /usr/bin/tool
leaves /usr/local/bin/tool
