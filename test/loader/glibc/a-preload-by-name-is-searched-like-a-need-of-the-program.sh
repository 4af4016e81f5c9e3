#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libc.so.6 -- -rpath /opt
lib /opt/libpre.so libdep.so -- -rpath /dep
lib /dep/libdep.so
judge --preload libpre.so /prog
loads /opt/libpre.so /dep/libdep.so
