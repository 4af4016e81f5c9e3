#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so -- -rpath /p
lib /p/liba.so libb.so -- -rpath /a
lib /a/libb.so libin-a.so libin-p.so
lib /a/libin-a.so
lib /p/libin-p.so
judge /prog
loads /a/libin-a.so /p/libin-p.so
