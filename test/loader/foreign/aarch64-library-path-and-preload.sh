#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
beside_x86_64 aarch64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so
lib /l/liba.so
lib /usr/lib/libpre.so
judge --library-path /l --preload libpre.so /prog
loads /l/liba.so /usr/lib/libpre.so
