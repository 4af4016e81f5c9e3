#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
lib /opt/liba.so libb.so libc.so.6 -- -rpath /b
lib /b/libb.so
judge /opt/liba.so
loads /b/libb.so
