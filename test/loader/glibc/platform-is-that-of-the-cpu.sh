#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog liba.so libc.so.6 -- -rpath '/opt/$PLATFORM'
for platform in x86_64 haswell xeon_phi i686; do lib /opt/$platform/liba.so; done
judge --legacy /prog
leaves /opt/i686/liba.so
