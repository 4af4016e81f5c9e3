#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libc.so.6
lib /usr/lib/libone.so
lib /usr/lib/libtwo.so
lib /usr/lib/libthree.so
judge --preload 'libone.so:libtwo.so  libthree.so' /prog
loads /usr/lib/libone.so /usr/lib/libtwo.so /usr/lib/libthree.so
