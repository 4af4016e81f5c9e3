#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
printf '#!/opt/two -a\n' | script /run
printf '#!/opt/three -b\n' | script /opt/two
printf '#!/bin/witness\n' | script /opt/three
judge_script /run
loads /opt/two /opt/three /bin/witness
