#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!\n/bin/witness\n' | script /one
printf '#! \t \n/bin/witness\n' | script /two
judge_script /one
judge_script /two
