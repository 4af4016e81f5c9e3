#!/bin/sh
# The unpacked layers and what was hashed are kept in XDG_CACHE_HOME/pare, and believed only as long as no file changed.
. "$(dirname "$0")/setup"
cd "$T"
make_images packings
skopeo copy -q oci:images/packings:t docker-archive:saved.tar:app:t
look() { "$PARE" tree "$@" --include / --digests --json; }
for image in oci:images/packings docker-archive:saved.tar; do
  look --image $image --no-cache >expected
  [ ! -e cache ] || fail "--no-cache keeps something"
  look --image $image >first
  look --image $image >second
  cmp expected first && cmp expected second || fail "$image: not the same"
  strace -f -e trace=openat -o calls "$PARE" tree --image $image --include / >/dev/null 2>&1 || skip "no strace here"
  ! grep -q O_TMPFILE calls || fail "$image: it is unpacked again"
  rm -rf cache
done
# A layer that is kept, and changed: it is unpacked again.
look --image oci:images/packings >first
for kept in cache/pare/layers/*.tar; do
  printf wrong | dd of="$kept" bs=1 seek=600 conv=notrunc status=none
done
look --image oci:images/packings >second
cmp first second || fail "a changed layer is believed"
# A blob that is changed, its time put back: it is hashed again.
blob=$(ls -S images/packings/blobs/sha256/* | head -1)
cp -p "$blob" saved.blob
printf wrong | dd of="$blob" bs=1 seek=600 conv=notrunc status=none
touch -r saved.blob "$blob"
expect_status 3 "$PARE" tree --image oci:images/packings
said_one_line_about "$(basename "$blob")"
# Two images cannot agree on a lie: this one's config names a layer that is kept, but its blob is another.
make_images kinds
look --image oci:images/kinds >/dev/null
python3 - "$here" "$T/program" <<'EOF'
import hashlib, sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from layers import Layer, Layout, digest
tar = Layer().folder("bin").file("bin/program", open(sys.argv[2], "rb").read(), mode=0o755).finish()
other = Layer().file("other").finish()
Layout("images/liar").image([(other, "gzip")], {"Entrypoint": ["/bin/program"]}, diff_ids=[digest(tar)])
Layout("images/honest").image([(tar, "gzip")], {"Entrypoint": ["/bin/program"]})
EOF
look --image oci:images/honest >/dev/null
expect_status 3 "$PARE" tree --image oci:images/liar
said_one_line_about "damaged"
# A cache that may not be written is none.
(XDG_CACHE_HOME="$T/program/x"; export XDG_CACHE_HOME; look --image oci:images/honest >/dev/null) || fail "without a cache"
nothing_temporary_is_left
