#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6 -- -rpath //opt//one///:/opt/./two/.
lib /opt/one/liba.so
lib /opt/two/libb.so
judge /prog
loads /opt/one/liba.so /opt/two/libb.so
