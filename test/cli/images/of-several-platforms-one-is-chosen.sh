#!/bin/sh
# This machine's, unless --platform names another one; none fits: exit 3, and those that are there.
. "$(dirname "$0")/setup"
cd "$T"
python3 - "$here" "$T/program" <<'EOF'
import json
import sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from layers import Layer, Layout
program = open(sys.argv[2], "rb").read()
layout = Layout("images/several")
manifests = []
for os, arch, variant in (("linux", "s390x", ""), ("linux", "amd64", ""), ("linux", "arm64", "v8"), ("windows", "amd64", "")):
    layer = Layer().folder("bin").file("bin/program", program, mode=0o755).file(f"{os}-{arch}").finish()
    manifest = layout.manifest([(layer, "gzip")], {"Entrypoint": ["/bin/program"]}, (os, arch))
    manifest["platform"] = {"os": os, "architecture": arch} | ({"variant": variant} if variant else {})
    manifests.append(manifest)
manifests.append(manifests[0] | {"platform": {"os": "unknown", "architecture": "unknown"}})
index = layout.blob(json.dumps({"schemaVersion": 2, "manifests": manifests}).encode(), "application/vnd.oci.image.index.v1+json")
layout.index([index | {"annotations": {"org.opencontainers.image.ref.name": "t"}}])
flat = Layout("images/flat")
import shutil
shutil.copytree("images/several/blobs", "images/flat/blobs", dirs_exist_ok=True)
flat.index(manifests)
EOF
for image in several flat; do
  for platform in linux/s390x linux/amd64 linux/arm64 linux/arm64/v8 windows/amd64; do
    short=$(echo "$platform" | cut -d/ -f1,2 | tr / -)
    "$PARE" tree --image "oci:images/$image" --platform "$platform" --include "/$short" >/dev/null || fail "$image: $platform"
  done
  expect_status 3 "$PARE" tree --image "oci:images/$image" --platform linux/riscv64
  said_one_line_about "linux/s390x, linux/amd64, linux/arm64/v8, windows/amd64"
  case $(uname -m) in
  x86_64) "$PARE" tree --image "oci:images/$image" --include /linux-amd64 >/dev/null || fail "not this machine's" ;;
  esac
done
expect_status 2 "$PARE" tree --image oci:images/several --platform linux
make_images parents
expect_status 3 "$PARE" tree --image oci:images/parents --platform linux/s390x
said_one_line_about "is an image for linux/amd64, not for linux/s390x"
