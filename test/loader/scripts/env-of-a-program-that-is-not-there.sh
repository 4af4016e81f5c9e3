#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!/usr/bin/env tool\n' | script /run
judge_script /run
