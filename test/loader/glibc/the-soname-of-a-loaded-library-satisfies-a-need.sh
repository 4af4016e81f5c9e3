#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libreal.so libb.so libc.so.6 -- -rpath /opt
lib /opt/libreal.so -- -soname libx.so.1
lib /opt/libb.so libx.so.1
judge /prog
loads /opt/libreal.so /opt/libb.so
