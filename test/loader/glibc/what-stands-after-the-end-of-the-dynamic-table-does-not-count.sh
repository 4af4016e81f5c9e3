#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt
retag /prog null@1 needed =needed
retag /prog needed debug
lib /opt/liba.so
judge /prog
leaves /opt/liba.so
