#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libc.so.6
judge --preload libnot.so:/opt/libnot.so /prog
