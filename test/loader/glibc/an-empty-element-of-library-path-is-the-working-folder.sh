#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libb.so libc.so.6
lib /liba.so
lib /opt/liba.so
lib /opt/libb.so
judge --library-path : /prog
judge --library-path /opt: /prog
loads /opt/liba.so
judge --library-path :/opt /prog
loads /liba.so /opt/libb.so
judge --library-path '/srv;;/opt' /prog
