#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog '/my prog' 'lib a.so' 'lib"b"\.so' libc.so.6 -- -rpath "/op t:/it's"
lib '/op t/lib a.so'
lib "/it's/lib\"b\"\\.so"
judge '/my prog'
loads '/op t/lib a.so'
