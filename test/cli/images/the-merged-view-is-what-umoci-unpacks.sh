#!/bin/sh
# Path by path: type, mode, owner, size, digest, link, device, attributes, hard links, time.
. "$(dirname "$0")/setup"
need_root
all="whiteouts opaque hard_links replaced doubles parents through_links names kinds sparse packings"
make_images $all
for name in $all; do
  umoci --log=error unpack --image "$T/images/$name:t" "$T/umoci-$name" || fail "umoci does not unpack $name"
  "$PARE" rootfs -q --image "oci:$T/images/$name:t" -o "$T/pare-$name" --include /
  tree_of "$T/umoci-$name/rootfs" >"$T/expected"
  tree_of "$T/pare-$name" >"$T/got"
  [ "$(wc -l <"$T/expected")" -gt 5 ] || fail "$name: nothing in it"
  diff "$T/expected" "$T/got" || fail "$name differs"
done
nothing_temporary_is_left
