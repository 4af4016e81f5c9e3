#!/bin/sh
# A file, a symlink to a file, a dangling symlink, a folder above that is not there.
. "$(dirname "$0")/setup"
echo mine >"$T/file"
ln -s file "$T/link"
ln -s nowhere "$T/dangling"
ls -A "$T" >"$T/said" # so that it is there
ls -lA "$T" | grep -v said >"$T.before"
trap 'rm -rf "$T" "$T.before"' EXIT
for destination in file link dangling file/below nowhere/below; do
  expect_status 4 rootfs "$T/$destination"
  said_one_line_about "$T/$destination: "
done
expect_status 4 rootfs "$T/nowhere/below.tar"
said_one_line_about "$T/nowhere/below.tar: "
ls -lA "$T" | grep -v said | diff "$T.before" - || fail "touched"
