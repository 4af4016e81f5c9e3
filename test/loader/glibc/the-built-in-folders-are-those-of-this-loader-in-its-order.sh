#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libd.so libe.so libf.so libc.so.6
for folder in /lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu /lib /usr/lib; do lib $folder/liba.so; done
for folder in /usr/lib/x86_64-linux-gnu /lib /usr/lib; do lib $folder/libb.so; done
for folder in /lib /usr/lib /usr/local/lib /lib64; do lib $folder/libd.so; done
for folder in /usr/lib /usr/local/lib /lib64 /usr/lib64; do lib $folder/libe.so; done
for folder in /usr/local/lib /lib64 /usr/lib64 /usr/local/lib/x86_64-linux-gnu; do lib $folder/libf.so; done
judge /prog
loads /lib/x86_64-linux-gnu/liba.so /usr/lib/x86_64-linux-gnu/libb.so /lib/libd.so /usr/lib/libe.so
