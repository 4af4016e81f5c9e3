#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /r
lib /r/liba.so
lib /l/liba.so
judge --library-path /l /prog
loads /l/liba.so
