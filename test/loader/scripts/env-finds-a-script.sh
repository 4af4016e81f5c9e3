#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!/bin/witness\n' | script /usr/bin/tool
printf '#!/usr/bin/env tool\n' | script /run
judge_script /run
loads /usr/bin/tool /bin/witness
