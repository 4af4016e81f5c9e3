#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
cp "$ROOT/bin/witness" "$ROOT/bin/"$'w\344'
printf '#!/bin/w\344\n' | script $'/r\344n'
judge_script $'/r\344n'
loads $'/bin/w\344'
