#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog /old liba.so libb.so libc.so.6 -- -rpath /new
retag /prog needed rpath
lib /new/liba.so libb.so
lib /old/libb.so
judge /prog
loads /new/liba.so
leaves /old/libb.so
