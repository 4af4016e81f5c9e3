#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so -- -F '$ORIGIN/sub/libreal.so' -f '$ORIGIN/sub/libaux.so' -f '$ORIGIN/not/libaux.so'
lib /opt/sub/libreal.so
lib /opt/sub/libaux.so
judge --run /prog
loads /opt/sub/libreal.so /opt/sub/libaux.so
