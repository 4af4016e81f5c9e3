#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /app/prog /opt/liba.so lib/libb.so /not/libd.so -- -rpath /opt
lib /opt/liba.so
lib /lib/libb.so
lib /opt/libd.so
judge /app/prog
loads /opt/liba.so /lib/libb.so
