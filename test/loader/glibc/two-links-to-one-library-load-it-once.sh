#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6 -- -rpath /opt
lib /opt/liba.so -- -soname ''
link liba.so /opt/libb.so
judge /prog
loads /opt/liba.so
leaves /opt/libb.so
