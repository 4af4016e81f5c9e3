#!/bin/sh
# Not UTF-8, line ends, quotes, patterns, a leading dash: short ones and ones too long for the tar header.
. "$(dirname "$0")/setup"
mkdir "$T/root/n"
latin1=$(printf 'caf\351')
odd=$(printf 'a\nb\tc\001d')
long=$(head -c 120 /dev/zero | tr '\0' '\377')
for name in "$latin1" "$odd" "$long" "$latin1$long" '-rf' '[x]*?' "it's \"quoted\" \\ \$HOME" 'größe' ' '; do
  echo "$name" >"$T/root/n/$name"
done
mkdir "$T/root/n/folder-$latin1"
echo x >"$T/root/n/folder-$latin1/x"
ln -s "$latin1" "$T/root/n/link"
ln -s "$long" "$T/root/n/link-$long"
touch -d '2001-01-01 00:00:00 UTC' "$T/root/n/$latin1" "$T/root/n/$long" # no fraction of a second
touch -d '2001-01-01 00:00:00.25 UTC' "$T/root/n/$latin1$long" "$T/root/n/-rf"

list() { (cd "$1/n" && find . -printf '%p %l %T@\0' | sort -z); }
list "$T/root" >"$T/expected"
rootfs "$T/out" --include /n
list "$T/out" | cmp "$T/expected" - || fail "the folder differs"
rootfs "$T/out.tar" --include /n
unpack "$T/out.tar" "$T/gnu" 2>/dev/null # it remarks on hdrcharset
list "$T/gnu" | cmp "$T/expected" - || fail "the tar differs, says GNU tar"
mkdir "$T/bsd"
bsdtar -xpf "$T/out.tar" -C "$T/bsd" || fail "bsdtar complains"
list "$T/bsd" | cmp "$T/expected" - || fail "the tar differs, says bsdtar"
