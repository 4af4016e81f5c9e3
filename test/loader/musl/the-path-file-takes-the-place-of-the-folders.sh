#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so libb.so libd.so libe.so
printf '/one:/two\n/three\n' | put /etc/ld-musl-x86_64.path
lib /one/liba.so
lib /two/libb.so
lib /three/libd.so
lib /lib/liba.so
lib /usr/lib/libe.so
judge /prog
loads /one/liba.so /two/libb.so /three/libd.so
leaves /usr/lib/libe.so
