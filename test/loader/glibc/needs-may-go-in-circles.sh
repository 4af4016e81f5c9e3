#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /opt --disable-new-dtags
lib /opt/liba.so libb.so
lib /opt/libb.so libc1.so
lib /opt/libc1.so liba.so libb.so
judge /prog
loads /opt/libc1.so
