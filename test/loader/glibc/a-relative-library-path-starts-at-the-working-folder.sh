#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /app/prog liba.so libc.so.6
lib /opt/liba.so
judge --library-path opt /app/prog
loads /opt/liba.so
