#!/bin/sh
# The schemas of the OCI image-spec, skopeo to every other form, umoci, GNU tar; the config of the source and the options over it.
. "$(dirname "$0")/setup"
need_root
cd "$T"
schemas=/usr/share/gocode/src/github.com/opencontainers/image-spec/schema
[ -d "$schemas" ] && /usr/bin/python3 -c 'import jsonschema' 2>/dev/null || skip "no schemas of the OCI image-spec here"
unset SOURCE_DATE_EPOCH
make_images kinds

"$PARE" rootfs -q --image oci:images/kinds --include / -o expected.root
tree_of expected.root times >expected
for how in gzip zstd none; do
  for layers in one libs,app; do
    out=$how-$layers
    "$PARE" image -q --image oci:images/kinds:t --include / --compression $how --layers $layers -o "oci:$out:slim" \
      --label a=b --port 80 --port 53/udp --stop-signal SIGQUIT --set-env GREETING='hello "you"' --cmd '--flag "two words"'
    /usr/bin/python3 - "$schemas" "$out" "$layers" <<'EOF'
import json, sys
from jsonschema import Draft4Validator, RefResolver
schemas, out, layers = sys.argv[1:]
load = lambda path: json.load(open(path))
def check(value, name):
    schema = load(f"{schemas}/{name}.json")
    # Their ids are addresses, relative to which they refer to files that lie beside them.
    local = lambda uri: load(f"{schemas}/{uri.rsplit('/', 1)[1]}")
    resolver = RefResolver(schema["id"], schema, handlers={"https": local})
    Draft4Validator(schema, resolver=resolver).validate(value)
index = load(f"{out}/index.json")
blob = lambda digest: load(f"{out}/blobs/sha256/{digest[7:]}")
manifest = blob(index["manifests"][0]["digest"])
config = blob(manifest["config"]["digest"])
check(load(f"{out}/oci-layout"), "image-layout-schema")
check(index, "image-index-schema")
check(manifest, "image-manifest-schema")
check(config, "config-schema")
assert len(manifest["layers"]) == len(config["history"]) == (2 if layers == "libs,app" else 1)
assert manifest["annotations"]["org.opencontainers.image.base.name"] == "t"
source = load("images/kinds/index.json")["manifests"][0]["digest"]
assert manifest["annotations"]["org.opencontainers.image.base.digest"] == source
assert config["created"] == "2023-11-14T22:13:20Z", config["created"]
run = config["config"]
assert run["Entrypoint"] == ["/bin/program"] and run["Cmd"] == ["--flag", "two words"]
assert run["ExposedPorts"] == {"53/udp": {}, "80/tcp": {}} and run["Labels"] == {"a": "b"} and run["StopSignal"] == "SIGQUIT"
assert run["Env"] == ['GREETING=hello "you"']
EOF
    if [ $how = zstd ]; then # umoci does not read it, skopeo packs it anew
      skopeo copy -q "oci:$out:slim" "dir:$out.dir"
      continue
    fi
    umoci --log=error unpack --image "$out:slim" "$out.bundle"
    tree_of "$out.bundle/rootfs" times >got
    diff expected got || fail "$out differs"
  done
done
skopeo inspect oci:gzip-one:slim >/dev/null
for to in docker-archive:to.tar:app:1 oci-archive:to-oci.tar:x dir:to.dir oci:to:x; do
  skopeo copy -q oci:gzip-one:slim "$to" || fail "skopeo does not take it to $to"
done

"$PARE" image -q --image oci:images/kinds --include / -o docker-archive:out.tar:app:slim
"$PARE" image -q --image oci:images/kinds --include / -o oci-archive:out-oci.tar:slim
skopeo inspect docker-archive:out.tar:app:slim >/dev/null
skopeo copy -q docker-archive:out.tar:app:slim oci:from-docker:t
skopeo copy -q oci-archive:out-oci.tar:slim oci:from-archive:t
for image in from-docker from-archive; do
  umoci --log=error unpack --image "$image:t" "$image.bundle"
  tree_of "$image.bundle/rootfs" times >got
  diff expected got || fail "$image differs"
done
# And pare reads what it wrote.
for source in oci:gzip-one oci:zstd-libs,app oci:none-one docker-archive:out.tar:app:slim oci-archive:out-oci.tar; do
  rm -rf again
  "$PARE" rootfs -q --image "$source" --include / -o again
  tree_of again times >got
  diff expected got || fail "$source differs"
done
nothing_temporary_is_left
