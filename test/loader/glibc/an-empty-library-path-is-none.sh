#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6
lib /liba.so
judge --library-path '' /prog
leaves /liba.so
