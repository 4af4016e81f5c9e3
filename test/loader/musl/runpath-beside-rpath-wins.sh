#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog /old liba.so libb.so -- -rpath /new
retag /prog needed rpath
lib /new/liba.so
lib /old/liba.so
lib /old/libb.so
judge /prog
loads /new/liba.so
leaves /old/libb.so
