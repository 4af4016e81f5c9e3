#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#! \t /bin/witness \t -x \t \n' | script /one
printf '#!/bin/witness\t\n' | script /two
judge_script /one
judge_script /two
