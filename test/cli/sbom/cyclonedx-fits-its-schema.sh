#!/bin/bash
# The schema is npm's @cyclonedx/cyclonedx-library's, where it can be had; what it does not say is asked in any case.
set -euo pipefail
"$PARE" sbom --format cyclonedx git /usr/bin/python3 >bom.json
/usr/bin/python3 - <<'P'
import json
bom = json.load(open("bom.json"))
assert bom["bomFormat"] == "CycloneDX" and bom["specVersion"] == "1.6"
references = ["root"]
def walk(components):
    for component in components:
        references.append(component["bom-ref"])
        walk(component.get("components", []))
walk(bom["components"])
assert len(set(references)) == len(references)
for dependency in bom["dependencies"]:
    assert dependency["ref"] in references and set(dependency["dependsOn"]) <= set(references)
P
command -v npm >/dev/null || { echo "no npm to fetch the schema with"; exit 77; }
npm i --ignore-scripts --no-audit --no-fund @cyclonedx/cyclonedx-library >npm.log 2>&1 ||
  { echo "the schema cannot be fetched from the npm registry"; exit 77; }
/usr/bin/python3 - <<'P'
import json, sys
import jsonschema
import jsonschema._validators
jsonschema._validators.extras_msg = lambda extras: (repr(extras), "were")  # 4.10 sorts what has no order
folder = "node_modules/@cyclonedx/cyclonedx-library/res/schema/"
load = lambda name: json.load(open(folder + name))
schema = load("bom-1.6.SNAPSHOT.schema.json")
store = {}
for name in ("spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json", "cryptography-defs.SNAPSHOT.schema.json"):
    other = load(name)
    store[other["$id"]] = other
    store["http://cyclonedx.org/schema/" + name] = other
resolver = jsonschema.RefResolver(schema.get("$id", ""), schema, store)
errors = list(jsonschema.Draft7Validator(schema, resolver=resolver).iter_errors(json.load(open("bom.json"))))
for error in errors[:5]:
    print(list(error.path), error.message[:300])
sys.exit(bool(errors))
P
