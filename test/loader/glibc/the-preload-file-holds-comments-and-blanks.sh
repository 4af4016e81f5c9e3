#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
prog /prog libc.so.6
for name in one two three four five; do lib "/usr/lib/lib$name.so"; done
lib /usr/lib/libnot.so
printf '# /usr/lib/libnot.so\n\n  libone.so\tlibtwo.so # libnot.so\n:/usr/lib/libthree.so:libfour.so libnothere.so\nlibfive.so' |
  put /etc/ld.so.preload
judge /prog
loads /usr/lib/libone.so /usr/lib/libtwo.so /usr/lib/libthree.so /usr/lib/libfour.so /usr/lib/libfive.so
leaves /usr/lib/libnot.so
