#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!/bin/witness\0x -y\n' | script /run
judge_script /run
