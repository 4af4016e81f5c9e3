#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
lib /opt/libname.so -- -soname libreal.so
lib /lib/libreal.so
opener /prog gcc libreal.so /lib/libreal.so libc.so.6 -- "$ROOT/opt/libname.so" -Wl,-rpath,/opt
mv "$ROOT/opt/libname.so" "$ROOT/opt/libreal.so"
judge --run --hints notes /prog
loads /opt/libreal.so /lib/libreal.so
