#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so -- -F libreal.so -rpath /real
lib /real/libreal.so libdep.so -- -rpath /dep
lib /dep/libdep.so
judge /prog
loads /opt/liba.so /real/libreal.so /dep/libdep.so
