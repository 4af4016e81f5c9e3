#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so -- -rpath :/opt:
lib /liba.so
lib /opt/liba.so
judge --library-path : /prog
loads /opt/liba.so
