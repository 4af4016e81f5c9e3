#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so -- -rpath /p
lib /p/liba.so libb.so -- -rpath /a
lib /a/libb.so
lib /p/libb.so
judge /prog
loads /a/libb.so
