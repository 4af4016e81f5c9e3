#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# No library asks for it, and it is there.
machine x86_64
prog /prog liba.so -- -rpath /opt
lib /opt/liba.so
judge /prog
loads /lib64/ld-linux-x86-64.so.2
