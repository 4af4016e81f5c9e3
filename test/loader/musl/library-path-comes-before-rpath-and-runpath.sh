#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so libb.so -- -rpath /r
prog /old liba.so libb.so -- -rpath /r --disable-new-dtags
lib /r/liba.so
lib /r/libb.so
lib /l/liba.so
judge --library-path /l /prog
loads /l/liba.so /r/libb.so
judge --library-path /l /old
loads /l/liba.so /r/libb.so
