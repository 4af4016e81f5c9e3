#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog
lib /usr/lib/libone.so
lib /usr/lib/libtwo.so
lib /opt/libthree.so
judge --preload 'libone.so:libtwo.so  /opt/libthree.so libnot.so' /prog
loads /usr/lib/libone.so /usr/lib/libtwo.so /opt/libthree.so
