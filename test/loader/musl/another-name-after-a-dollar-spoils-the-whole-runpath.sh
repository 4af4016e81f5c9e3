#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so -- -rpath '/opt:/x/$LIB'
lib /opt/liba.so
judge /prog
leaves /opt/liba.so
