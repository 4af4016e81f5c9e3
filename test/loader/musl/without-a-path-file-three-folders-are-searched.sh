#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so libb.so libd.so libe.so
for folder in /lib /usr/local/lib /usr/lib; do lib $folder/liba.so; done
for folder in /usr/local/lib /usr/lib; do lib $folder/libb.so; done
lib /usr/lib/libd.so
lib /usr/lib/x86_64-linux-musl/libe.so
lib /lib64/libe.so
judge /prog
loads /lib/liba.so /usr/local/lib/libb.so /usr/lib/libd.so
