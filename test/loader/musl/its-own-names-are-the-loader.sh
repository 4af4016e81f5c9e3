#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog libc.so libm.so.6 libpthread.so.0 librt.so.1 libdl.so.2 libutil.so libxnet.so libc.musl-x86_64.so.1 -- -rpath /opt
for name in libc.so libm.so.6 libpthread.so.0 librt.so.1 libdl.so.2; do lib /opt/$name; done
judge /prog
leaves /opt/libc.so /opt/libm.so.6
