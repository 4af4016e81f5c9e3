#!/bin/sh
# Around the edges of the tar header's fields (100 bytes for a name, 155 for what is before it), and far beyond.
. "$(dirname "$0")/setup"
part() { head -c "$1" /dev/zero | tr '\0' "$2"; }
for length in 97 98 99 100 101 153 154 155 156; do
  mkdir -p "$T/root/n/$(part "$length" d)"
  for name in 1 99 100 101 255; do
    echo "$length $name" >"$T/root/n/$(part "$length" d)/$(part "$name" f)"
  done
done
deep=$T/root/n
for letter in a b c d; do deep=$deep/$(part 250 "$letter"); done
mkdir -p "$deep"
echo deep >"$deep/file"
ln "$deep/file" "$deep/hard"
ln -s "$(part 100 t)" "$T/root/n/target-100"
ln -s "$(part 101 t)" "$T/root/n/target-101"
ln -s "$(part 4000 t)" "$T/root/n/target-4000"

list() { (cd "$1/n" && find . -printf '%p %y %n %l\n' | sort); }
list "$T/root" >"$T/expected"
rootfs "$T/out" --include /n
list "$T/out" | diff "$T/expected" - || fail "the folder differs"
rootfs "$T/out.tar" --include /n
unpack "$T/out.tar" "$T/gnu"
list "$T/gnu" | diff "$T/expected" - || fail "the tar differs, says GNU tar"
mkdir "$T/bsd"
bsdtar -xpf "$T/out.tar" -C "$T/bsd"
list "$T/bsd" | diff "$T/expected" - || fail "the tar differs, says bsdtar"
diff -r --no-dereference "$T/root/n" "$T/gnu/n"
