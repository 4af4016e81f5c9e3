#!/bin/sh
# Symlinks of the root point to a folder outside, by their text; a write that followed one would land there.
. "$(dirname "$0")/setup"
mkdir -p "$T/outside" "$T/root$T/outside" "$T/root/up"
ln -s "$T/outside" "$T/root/absolute"
ln -s ../../outside "$T/root/up/relative"
echo inside >"$T/root$T/outside/file"
mkdir "$T/root/outside"
echo inside >"$T/root/outside/file"
rootfs "$T/out" --include /absolute/file --include /up/relative/file
nothing_left_in "$T/outside"
[ "$(readlink "$T/out/absolute")" = "$T/outside" ] || fail "the symlink is not kept"
[ "$(cat "$T/out$T/outside/file" "$T/out/outside/file")" = "$(printf 'inside\ninside')" ] || fail "the files are not there"
