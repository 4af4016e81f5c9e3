#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /app/prog libc.so.6
lib /opt/libpre.so
lib /opt/liblate.so
judge --preload /opt/libpre.so /app/prog
loads /opt/libpre.so
judge --preload opt/libpre.so:./opt/liblate.so /app/prog
loads /opt/libpre.so /opt/liblate.so
