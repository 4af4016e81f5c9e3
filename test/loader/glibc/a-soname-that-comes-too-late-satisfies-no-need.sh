#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libx.so.1 libreal.so libc.so.6 -- -rpath /opt
lib /opt/libreal.so -- -soname libx.so.1
judge /prog
