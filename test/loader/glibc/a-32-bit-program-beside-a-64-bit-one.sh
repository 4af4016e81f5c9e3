#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine i386
prog /prog32 liba.so libb.so libc.so.6 -- -rpath /opt/32:/opt/64
lib /opt/32/liba.so
lib /usr/lib/libb.so
machine x86_64
prog /prog64 liba.so libb.so libc.so.6 -- -rpath /opt/32:/opt/64
lib /opt/64/liba.so
lib /lib/x86_64-linux-gnu/libb.so
judge /prog64
loads /opt/64/liba.so /lib/x86_64-linux-gnu/libb.so
judge /prog32
loads /opt/32/liba.so /usr/lib/libb.so
