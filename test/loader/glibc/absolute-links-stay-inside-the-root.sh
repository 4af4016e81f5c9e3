#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6 -- -rpath /opt:/linked
lib /store/liba.so
link /store/liba.so /opt/liba.so
lib /store/folder/libb.so
link /../../store/folder /linked
judge /prog
loads /store/liba.so /store/folder/libb.so
