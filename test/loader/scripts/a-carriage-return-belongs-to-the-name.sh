#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!/bin/witness\r\necho\r\n' | script /run
judge_script /run
