#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
show_proc
prog /app/prog '$ORIGIN/liba.so' libb.so
lib /app/liba.so
lib /app/libb.so
judge --library-path '$ORIGIN' /app/prog
