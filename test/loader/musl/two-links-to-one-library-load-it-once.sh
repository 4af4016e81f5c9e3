#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so libb.so -- -rpath /opt
lib /opt/liba.so
link liba.so /opt/libb.so
judge /prog
loads /opt/liba.so
