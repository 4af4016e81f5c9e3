#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
lib /a/libopened.so libneeded.so -- -rpath /b
lib /b/libneeded.so
lib /b/libopened.so
opener /prog gcc libopened.so -- -Wl,-rpath,/a -Wl,--enable-new-dtags
judge --run --hints notes /prog
loads /a/libopened.so /b/libneeded.so
leaves /b/libopened.so
