#!/bin/bash
set -euo pipefail
mkdir -p old/a new/a
echo same | tee old/same >new/same
echo one >old/a/other
echo two >new/a/other
touch -d @1 old/same
echo x >old/gone
printf x >new/$'odd\n|<name>'
ln -s a old/link
ln -s b new/link
"$PARE" diff old new --format json >json
python3 - <<'P'
import json
diff = json.load(open("json"))
names = lambda key: sorted(entry["path"] for entry in diff[key])
assert names("came") == ["/odd\n|<name>"], diff
assert names("went") == ["/gone"], diff
assert names("changed") == ["/a/other", "/link"], diff
P
"$PARE" diff old new --format markdown | grep -F '| /odd\\n\|&lt;name&gt; | +1 B |  |'
