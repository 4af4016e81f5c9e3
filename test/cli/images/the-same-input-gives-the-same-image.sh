#!/bin/sh
# In any time zone, umask, locale, folder, and at any time; SOURCE_DATE_EPOCH is the time of all that is newer.
. "$(dirname "$0")/setup"
cd "$T"
make_images kinds names
for name in kinds names; do
  for to in oci:OUT:slim oci-archive:OUT.tar:slim docker-archive:OUT.tar:app:slim; do
    for options in "" "--layers libs,app --compression none" "--compression zstd"; do
      case $to$options in docker*zstd) continue ;; esac
      rm -rf a b a.tar b.tar
      # shellcheck disable=SC2086 # words
      TZ=Asia/Tokyo "$PARE" image -q --image oci:images/$name --include / $options -o "$(echo "$to" | sed s/OUT/a/)" --mkdir /made --with tmp
      # shellcheck disable=SC2086
      (umask 077; TZ=America/Lima LC_ALL=tr_TR.UTF-8 "$PARE" image -q --image oci:images/$name --include / $options \
        -o "$(echo "$to" | sed s/OUT/b/)" --mkdir /made --with tmp)
      diff -r a* b* 2>/dev/null || cmp a.tar b.tar || fail "$name $to $options"
    done
  done
done
SOURCE_DATE_EPOCH=1000000000 "$PARE" image -q --root root -o oci:epoch /bin/program
skopeo inspect oci:epoch | grep -q '"Created": "2001-09-09T01:46:40Z"' || fail "SOURCE_DATE_EPOCH"
mkdir bundle
tar -xzf "$(ls -S epoch/blobs/sha256/* | head -1)" -C bundle
[ -z "$(find bundle -mindepth 1 -newermt @1000000001)" ] || fail "something is newer"
nothing_temporary_is_left
