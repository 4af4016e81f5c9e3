#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libf.so liba.so libb.so libc.so.6
lib /usr/lib/liba.so libb.so -- -F libf.so
lib /usr/lib/libf.so libx.so -- -rpath /f
lib /usr/lib/libb.so libx.so -- -rpath /b
lib /b/libx.so
lib /f/libx.so
judge --run /prog
loads /f/libx.so
