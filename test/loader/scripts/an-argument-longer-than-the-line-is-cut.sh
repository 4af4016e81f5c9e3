#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!/bin/witness -%300s\n' x | script /run
judge_script /run
loads /bin/witness
