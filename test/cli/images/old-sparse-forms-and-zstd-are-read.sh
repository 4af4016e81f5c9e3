#!/bin/sh
# Which umoci does not read: GNU tar and zstd are the judges.
. "$(dirname "$0")/setup"
make_images sparse sparse_old zstd packings
for name in sparse sparse_old; do
  "$PARE" rootfs -q --image "oci:$T/images/$name:t" -o "$T/$name" --include /
  mkdir "$T/gnu-$name"
  for layer in $(python3 -c "
import json
image = '$T/images/$name/blobs/sha256/'
index = json.load(open('$T/images/$name/index.json'))
manifest = json.load(open(image + index['manifests'][0]['digest'][7:]))
print(*[image + layer['digest'][7:] for layer in manifest['layers']])"); do
    tar -xpzf "$layer" -C "$T/gnu-$name"
  done
  tree_of "$T/gnu-$name" owners >"$T/expected"
  tree_of "$T/$name" owners >"$T/got"
  diff "$T/expected" "$T/got" || fail "$name differs"
  [ "$(stat -c %b "$T/$name/s/holes")" -lt 100 ] || fail "$name: the holes are filled"
done
"$PARE" rootfs -q --image "oci:$T/images/zstd:t" -o "$T/zstd" --include /
python3 -c "import sys; sys.stdout.buffer.write(bytes(range(256)) * 4000)" | cmp - "$T/zstd/zstd"
nothing_temporary_is_left
