#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6 -- -rpath /opt
lib /opt/liba.so
lib /opt/libb.so liba.so libc.so.6
judge /prog
