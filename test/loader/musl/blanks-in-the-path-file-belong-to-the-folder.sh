#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so libb.so
printf '# a comment is a folder too\n /one\n/two \n' | put /etc/ld-musl-x86_64.path
lib '/ /one/liba.so'
lib /one/liba.so
lib '/two /libb.so'
judge /prog
