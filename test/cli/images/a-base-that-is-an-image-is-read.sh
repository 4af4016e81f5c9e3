#!/bin/sh
# pare stage --base oci:DIR:TAG: what the image brings is left out, and proved.
. "$(dirname "$0")/setup"
cd "$T"
echo 'int main(void) { return 0; }' | cc -x c -o app - || skip "no libc to link with here"
loader=$(realpath /lib64/ld-linux-x86-64.so.2) libc=$(realpath /lib/x86_64-linux-gnu/libc.so.6) || skip "no x86-64 glibc here"
mkdir -p fat/app fat/lib64 fat/lib/x86_64-linux-gnu
cp app fat/app/
cp "$loader" fat/lib64/ld-linux-x86-64.so.2
cp "$libc" fat/lib/x86_64-linux-gnu/libc.so.6
python3 - "$here" <<'EOF'
import sys, tarfile, io
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from layers import Layer, Layout
read = lambda path: open("fat/" + path, "rb").read()
libc = Layer()
for path in ("lib64/ld-linux-x86-64.so.2", "lib/x86_64-linux-gnu/libc.so.6"):
    libc.file(path, read(path), mode=0o755)
Layout("base").image([(libc.finish(), "gzip")], tag="registry.local/base:1")
Layout("bare").image([(Layer().folder("etc").finish(), "gzip")], tag="1")
EOF
"$PARE" stage --hints none --root fat --base oci:base /app/app >Dockerfile 2>said
grep -qx 'FROM registry.local/base:1' Dockerfile || fail "FROM: $(cat Dockerfile)"
! grep -q '^COPY.*libc' Dockerfile || fail "libc is copied over the base's: $(cat Dockerfile)"
grep -q '^COPY.*/app/app' Dockerfile || fail "the program is not copied"
"$PARE" stage --hints none --root fat --base oci:bare:1 /app/app >Dockerfile 2>said || true
grep -q '^COPY.*libc' Dockerfile || fail "a base without a libc: $(cat Dockerfile)"
expect_status 3 "$PARE" stage --hints none --root fat --base oci:base:other /app/app
said_one_line_about "there are: registry.local/base:1"
