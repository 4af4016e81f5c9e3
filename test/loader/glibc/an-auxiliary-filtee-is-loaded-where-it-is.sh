#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt
lib /opt/liba.so -- -f libaux.so -f libaux2.so -rpath /aux
lib /aux/libaux.so libdep.so -- -rpath /dep
lib /aux/libaux2.so
lib /dep/libdep.so
judge --run /prog
loads /aux/libaux.so /aux/libaux2.so /dep/libdep.so
