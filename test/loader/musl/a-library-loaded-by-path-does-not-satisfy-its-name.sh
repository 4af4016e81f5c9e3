#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
machine musl
prog /prog /opt/libx.so libb.so
lib /opt/libx.so
lib /usr/lib/libb.so libx.so
judge /prog
