#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6 -- -rpath '/opt/$FOO:/opt/${BAR}/$'
lib '/opt/$FOO/liba.so'
lib '/opt/${BAR}/$/libb.so'
judge /prog
loads '/opt/$FOO/liba.so' '/opt/${BAR}/$/libb.so'
