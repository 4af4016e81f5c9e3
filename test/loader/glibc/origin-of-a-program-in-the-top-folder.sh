#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
show_proc
prog /prog liba.so libc.so.6 -- -rpath '$ORIGIN/opt'
lib /opt/liba.so
judge /prog
loads /opt/liba.so
