#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog /opt/libx.so libb.so libc.so.6
lib /opt/libx.so
lib /usr/lib/libb.so libx.so
judge /prog
loads /opt/libx.so /usr/lib/libb.so
