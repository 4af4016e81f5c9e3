#!/bin/sh
# The facts of Debian 12 read anew from Debian's packages are the recorded ones; and a fact that is wrong is noticed.
set -eu
repository=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

code=0
"$repository/scripts/base-facts" --check static-debian12 base-debian12 cc-debian12 >"$work/out" 2>&1 || code=$?
cat "$work/out"
if [ "$code" = 3 ]; then
  echo "skipped: Debian's packages cannot be had here"
  exit 77
fi
[ "$code" = 0 ]

mkdir -p "$work/copy/rules"
cp -r "$repository/rules/bases" "$work/copy/rules/"
mkdir "$work/copy/scripts"
cp "$repository/scripts/base-facts" "$work/copy/scripts/"
sed -i 's/"OPENSSL_3.0.9"/"OPENSSL_3.0.10"/' "$work/copy/rules/bases/base-debian12.toml"
code=0
"$work/copy/scripts/base-facts" --check base-debian12 >"$work/out" 2>&1 || code=$?
[ "$code" = 1 ]
grep -q '^-.*libcrypto.so.3.*"OPENSSL_3.0.10"' "$work/out"
grep -q '^+.*libcrypto.so.3.*"OPENSSL_3.0.9"' "$work/out"
