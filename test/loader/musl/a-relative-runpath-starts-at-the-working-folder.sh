#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /app/prog liba.so -- -rpath opt
lib /opt/liba.so
judge /app/prog
loads /opt/liba.so
