#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/programs"
noted host '[{"soname":["liba.so","libb.so"],"priority":"required"},{"soname":["libc_.so"],"priority":"recommended"}]'
code=0
"$PARE" tree --json ./host >report 2>said || code=$?
[ "$code" = 1 ]
python3 - <<'P'
import json
missing = json.load(open("report"))["missing"]
assert [(m["name"], m["kind"], m["confidence"]) for m in missing] == [("liba.so | libb.so", "dlopen-note", "certain")], missing
P
"$PARE" tree --hints none ./host >/dev/null
