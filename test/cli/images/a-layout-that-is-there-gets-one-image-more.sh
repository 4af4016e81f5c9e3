#!/bin/sh
# One of the same tag is replaced; a folder that is no layout is not touched; a failure leaves it as it was.
. "$(dirname "$0")/setup"
cd "$T"
make_images parents kinds
image() { "$PARE" image -q --root root /bin/program "$@"; }
image -o oci:out:one
image -o oci:out:two --label two=2
[ "$(skopeo list-tags oci:out 2>/dev/null | grep -c '"')" != 0 ] || true
skopeo inspect oci:out:one >/dev/null && skopeo inspect oci:out:two | grep -q '"two": "2"' || fail "not both are there"
image -o oci:out:two --label two=3
skopeo inspect oci:out:two | grep -q '"two": "3"' || fail "it was not replaced"
[ "$(python3 -c 'import json; print(len(json.load(open("out/index.json"))["manifests"]))')" = 2 ] || fail "a tag is there twice"
image -o oci:new
skopeo inspect oci:new:latest >/dev/null || fail "the tag is latest if none is named"
mkdir other empty
echo x >other/file
expect_status 4 image -o oci:other:t
said_one_line_about "other: is not empty, and is no OCI layout"
[ "$(ls other)" = file ] || fail "other was touched"
image -o oci:empty:t
expect_status 4 image -o oci:no/such/folder:t
said_one_line_about "no/such/folder"
expect_status 2 image -o wrong:x
expect_status 2 image -o oci:
# A full disk, or a folder that may not be written.
find out | sort >before
(ulimit -f 1; expect_status 4 "$PARE" image -q --root root --include /bin --compression none /bin/program -o oci:out:three)
find out | sort | diff before - || fail "something is left in the layout"
(ulimit -f 1; expect_status 4 "$PARE" image -q --root root --compression none /bin/program -o oci:fresh:three)
[ ! -e fresh ] || fail "fresh is left"
(ulimit -f 1; expect_status 4 "$PARE" image -q --root root --compression none /bin/program -o docker-archive:fresh.tar)
[ ! -e fresh.tar ] || fail "fresh.tar is left"
nothing_temporary_is_left
