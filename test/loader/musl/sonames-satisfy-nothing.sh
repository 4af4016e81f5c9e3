#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog libreal.so libb.so -- -rpath /opt
lib /opt/libreal.so -- -soname libx.so.1
lib /opt/libb.so libx.so.1
judge /prog
