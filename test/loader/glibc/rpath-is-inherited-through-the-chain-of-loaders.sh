#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath /p --disable-new-dtags
lib /p/liba.so libb.so -- -rpath /a --disable-new-dtags
lib /a/libb.so libin-a.so libin-p.so
lib /a/libin-a.so
lib /p/libin-p.so
judge /prog
loads /a/libin-a.so /p/libin-p.so
