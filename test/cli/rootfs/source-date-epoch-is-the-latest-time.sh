#!/bin/sh
# Later times become this one, earlier ones stay; in a folder and in a tar alike.
. "$(dirname "$0")/setup"
mkdir -p "$T/root/d"
echo x >"$T/root/d/early"
echo x >"$T/root/d/late"
ln -s late "$T/root/d/link"
touch -d @999999999.5 "$T/root/d/early"
touch -d @1000000000.5 "$T/root/d/late"
touch -h -d @2000000000 "$T/root/d/link"
export SOURCE_DATE_EPOCH=1000000000
cat >"$T/expected" <<'.'
. 1000000000.0000000000
./bin 1000000000.0000000000
./bin/program 1000000000.0000000000
./d 1000000000.0000000000
./d/early 999999999.5000000000
./d/late 1000000000.0000000000
./d/link 1000000000.0000000000
./made 1000000000.0000000000
.
list() { (cd "$1" && find . -printf '%p %T@\n' | sort); }
rootfs "$T/out" --include /d --mkdir /made
list "$T/out" | diff "$T/expected" - || fail "the folder differs"
rootfs "$T/out.tar" --include /d --mkdir /made
unpack "$T/out.tar" "$T/unpacked"
list "$T/unpacked" | diff "$T/expected" - || fail "the tar differs"
