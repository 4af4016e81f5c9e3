#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog liba.so libb.so libd.so
lib /one/liba.so
lib /two/libb.so
lib '/two;/three/libd.so'
judge --library-path $'/one\n/two:/two;/three' /prog
loads /one/liba.so /two/libb.so '/two;/three/libd.so'
