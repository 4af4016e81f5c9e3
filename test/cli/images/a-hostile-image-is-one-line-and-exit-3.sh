#!/bin/sh
# Nothing is written but the temporary folder, which is empty at the end; memory stays bounded.
. "$(dirname "$0")/setup"
cd "$T"
for group in refused bombs harmless; do
  python3 "$here/layers.py" "$group" "$T/$group" "$T/program"
done
touch before
within() { # IMAGE OPTION...: with no more than 700 MiB of memory of its own
  image=$1
  shift
  (ulimit -d 716800; exec "$PARE" rootfs -q --image "oci:$image" --include / -o "$T/out" "$@")
}
for image in refused/*; do
  expect_status 3 within "$image"
  said_one_line_about "oci:$image"
  [ ! -e out ] || fail "$image: something was written"
done
for image in bombs/*; do
  expect_status 3 within "$image" --max-image-size 100MiB
  said_one_line_about "unpacks to more than 100 MiB"
done
for image in harmless/*; do
  if [ "$(id -u)" != 0 ] && [ "$image" = harmless/device-nodes ]; then
    continue
  fi
  within "$image" || fail "$image is refused"
  rm -r out
done
# The limits can be raised and lowered.
expect_status 3 within harmless/absolute-names --max-image-entries 2
said_one_line_about "the limit"
expect_status 2 "$PARE" tree --image oci:harmless/absolute-names --max-image-size much
[ -z "$(find . -newer before -not -path './tmp*' -not -path './cache*' -not -name said -not -name . -not -path './out*')" ] || fail "something was written: $(find . -newer before)"
nothing_temporary_is_left
