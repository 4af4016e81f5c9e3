#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so -- -rpath /opt
lib /opt/liba.so
lib /opt/libpre.so
judge --preload libpre.so /prog
leaves /opt/libpre.so
lib /usr/lib/libpre.so libdep.so
lib /usr/lib/libdep.so
judge --preload libpre.so /prog
loads /usr/lib/libpre.so /usr/lib/libdep.so
