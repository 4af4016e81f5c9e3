#!/bin/bash
set -euo pipefail
"$PARE" sbom git /usr/bin/python3 >one.json
TZ=Asia/Tokyo LC_ALL=C "$PARE" sbom git /usr/bin/python3 >two.json
cmp one.json two.json
/usr/bin/python3 "$(dirname "$0")/spdx.py" one.json
/usr/bin/python3 - <<'P'
import json, subprocess
document = json.load(open("one.json"))
for package in document["packages"]:
    if package["SPDXID"] == "SPDXRef-Root":
        continue
    version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}\n", package["name"]], capture_output=True, text=True)
    assert package["versionInfo"] in version.stdout.split(), package
P
SOURCE_DATE_EPOCH=1720000000 "$PARE" sbom git | grep -F '"created":"2024-07-03T09:46:40Z"'
