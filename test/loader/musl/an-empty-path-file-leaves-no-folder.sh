#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so
: | put /etc/ld-musl-x86_64.path
lib /lib/liba.so
judge /prog
