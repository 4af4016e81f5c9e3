#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
lib /opt/liba.so libb.so libc.so -- -rpath /b
lib /b/libb.so
judge /opt/liba.so
loads /b/libb.so
