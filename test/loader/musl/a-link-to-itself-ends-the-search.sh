#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so -- -rpath /one:/two
link liba.so /one/liba.so
lib /two/liba.so
judge /prog
leaves /two/liba.so
