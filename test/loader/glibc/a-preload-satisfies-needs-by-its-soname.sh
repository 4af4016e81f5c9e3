#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6
lib /usr/lib/liba.so
lib /opt/libother.so -- -soname liba.so
judge --preload /opt/libother.so /prog
loads /opt/libother.so
leaves /usr/lib/liba.so
