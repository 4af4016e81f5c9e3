#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libc.so.6 -- -rpath /opt --disable-new-dtags
lib /pre/libpre.so libdep.so
lib /opt/libdep.so
judge --preload /pre/libpre.so /prog
loads /opt/libdep.so
