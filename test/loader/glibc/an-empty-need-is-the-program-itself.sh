#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6
lib /usr/lib/liba.so libb.so
retag /usr/lib/liba.so needed needed 0
judge /prog
loads /usr/lib/liba.so
