#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libd.so libc.so.6
lib /one/liba.so
lib /two/libb.so
lib /three/libd.so
judge --library-path '/one:/two;/three' /prog
loads /one/liba.so /two/libb.so /three/libd.so
