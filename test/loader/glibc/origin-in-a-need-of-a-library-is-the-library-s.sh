#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog /opt/liba.so libc.so.6
lib /opt/liba.so '$ORIGIN/sub/libb.so'
lib /opt/sub/libb.so
judge /prog
loads /opt/sub/libb.so
