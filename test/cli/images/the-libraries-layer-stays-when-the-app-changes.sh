#!/bin/sh
# --layers libs,app
. "$(dirname "$0")/setup"
cd "$T"
echo 'int one(void) { return 1; }' | cc -x c -shared -nostdlib -o libone.so -Wl,-soname,libone.so -
build_app() { # TEXT
  echo "int one(void); char text[] = \"$1\"; void _start(void) { one(); }" |
    cc -x c -nostdlib -o root/app/bin/app -Wl,-dynamic-linker,/lib/ld-linux-x86-64.so.2 - -x none libone.so
}
mkdir -p root/app/bin root/lib root/usr/lib root/etc
cp libone.so root/usr/lib/
cp "$(realpath /lib64/ld-linux-x86-64.so.2)" root/lib/ld-linux-x86-64.so.2
layers() {
  python3 -c "
import json
load = lambda digest: json.load(open('$1/blobs/sha256/' + digest[7:]))
print(*[layer['digest'] for layer in load(json.load(open('$1/index.json'))['manifests'][0]['digest'])['layers']])"
}
build_app first
"$PARE" image -q --hints none --root root -o oci:first --layers libs,app /app/bin/app
build_app second
echo more >root/app/more
touch root/usr root/lib root/usr/lib
SOURCE_DATE_EPOCH= "$PARE" image -q --hints none --root root -o oci:second --layers libs,app --include /app /app/bin/app
set -- $(layers first) $(layers second)
[ $# = 4 ] || fail "not two layers each"
[ "$1" = "$3" ] || fail "the lower layer changed"
[ "$2" != "$4" ] || fail "the upper layer did not change"
tar -tzf "first/blobs/sha256/${1#sha256:}" >lower
tar -tzf "first/blobs/sha256/${2#sha256:}" >upper
grep -qx usr/lib/libone.so lower && grep -qx lib/ld-linux-x86-64.so.2 lower || fail "the libraries are not in the lower one: $(cat lower)"
! grep -q '^app' lower || fail "the app is in the lower one"
grep -qx app/bin/app upper || fail "the app is not in the upper one"
! grep -q '\.so' upper || fail "libraries are in the upper one"
