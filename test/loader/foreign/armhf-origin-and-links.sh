#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
beside_x86_64 armhf
prog /prog liba.so libc.so.6 -- -rpath /link
lib /real/liba.so libb.so -- -rpath '$ORIGIN'
link ../real/liba.so /link/liba.so
lib /link/libb.so
lib /real/libb.so
judge /prog
loads /link/libb.so
