#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog libcrypto.so libm-extra.so libresolv.so.2 -- -rpath /opt
for name in libcrypto.so libm-extra.so libresolv.so.2; do lib /opt/$name; done
judge /prog
loads /opt/libcrypto.so /opt/libm-extra.so /opt/libresolv.so.2
