#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
link /etc/alternatives/sh /bin/sh
link ../../bin/witness /etc/alternatives/sh
printf '#!/bin/sh\n' | script /real/run
link real/run /run
judge_script /run
loads /real/run /bin/witness
