#!/bin/sh
# The same image as a layout, a tar of it, what docker save writes (old and new), packed as a whole, and through skopeo.
. "$(dirname "$0")/setup"
make_images whiteouts packings
cd "$T"
for name in whiteouts packings; do
  skopeo copy -q "oci:images/$name:t" "oci-archive:$name-oci.tar:t"
  skopeo copy -q "oci:images/$name:t" "docker-archive:$name-docker.tar:localhost/app:slim"
  gzip -k "$name-docker.tar"
  "$PARE" tree --image "oci:images/$name:t" --include / --digests --format paths -o expected
  for source in "oci:images/$name" "oci-archive:$name-oci.tar" "oci-archive:$name-oci.tar:t" "docker-archive:$name-docker.tar" \
    "docker-archive:$name-docker.tar:localhost/app:slim" "docker-archive:$name-docker.tar:@0" "docker-archive:$name-docker.tar.gz"; do
    "$PARE" tree --image "$source" --include / --digests --format paths -o got
    cmp expected got || fail "$source differs"
  done
done
expect_status 3 "$PARE" tree --image oci:images/whiteouts:other
said_one_line_about "there are: t"
expect_status 3 "$PARE" tree --image docker-archive:whiteouts-docker.tar:other:tag
said_one_line_about "there are: localhost/app:slim"
expect_status 3 "$PARE" tree --image oci:no-such-folder
said_one_line_about "no-such-folder"
expect_status 2 "$PARE" tree --image nonsense:x
said_one_line_about "nonsense:x"
expect_status 3 env PATH=/nonexistent "$PARE" tree --image docker://localhost:1/x
said_one_line_about "only skopeo reads this, and it is not installed"
expect_status 3 "$PARE" tree --image docker://localhost:1/x
said_one_line_about "docker://localhost:1/x: skopeo ends with"
nothing_temporary_is_left
