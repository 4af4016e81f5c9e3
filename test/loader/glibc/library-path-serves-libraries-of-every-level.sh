#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so libb.so -- -rpath /opt
lib /opt/libb.so
lib /l/libb.so
judge --library-path /l /prog
loads /l/libb.so
