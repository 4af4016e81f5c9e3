#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
lib /usr/lib/x86_64-linux-gnu/blas/libblas.so.3.1 -- -soname libblas.so.3
link libblas.so.3.1 /usr/lib/x86_64-linux-gnu/blas/libblas.so.3
link /usr/lib/x86_64-linux-gnu/blas/libblas.so.3 /etc/alternatives/libblas.so.3
link /etc/alternatives/libblas.so.3 /usr/lib/x86_64-linux-gnu/libblas.so.3
prog /usr/bin/prog-1 libblas.so.3 libc.so.6
link /usr/bin/prog-1 /etc/alternatives/prog
link /etc/alternatives/prog /usr/bin/prog
judge /usr/bin/prog
loads /usr/bin/prog-1 /usr/lib/x86_64-linux-gnu/blas/libblas.so.3.1
