#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!/bin/witness -x\r\necho\r\n' | script /run
judge_script /run
loads /bin/witness
