#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine x86_64
lib /a/libfirst.so libshared.so -- -rpath /a
lib /a/libshared.so
lib /b/libsecond.so libshared.so -- -rpath /b
lib /b/libshared.so
opener /prog gcc /a/libfirst.so /b/libsecond.so
judge --run --hints notes /prog
loads /a/libfirst.so /a/libshared.so /b/libsecond.so
leaves /b/libshared.so
