#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6 -- -rpath /nowhere/../opt:/link/../opt
lib /opt/libb.so
lib /deep/opt/liba.so
mkdir "$ROOT/deep/down"
link deep/down /link
judge /prog
loads /deep/opt/liba.so
leaves /opt/libb.so
