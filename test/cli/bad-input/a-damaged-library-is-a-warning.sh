#!/bin/bash
# What hangs on a damaged library is lost; the rest of the closure is given, and a warning names it.
set -euo pipefail
. "$(dirname "$0")/refused"

make_program
for damage in 'head -c 100 libnear.so' 'head -c 4000 /dev/zero' 'cat /dev/null' 'echo INPUT ( libfar.so )'; do
  mkdir -p damaged
  cp program damaged/
  $damage >damaged/libnear.so
  code=0
  "$PARE" tree --json --hints none damaged/program >report 2>err || code=$?
  [ "$code" -le 1 ] || { echo "$damage: ended with $code"; cat err; exit 1; }
  /usr/bin/python3 - "$PWD/damaged/libnear.so" <<'EOF' || { echo "$damage:"; cat report err; exit 1; }
import json, sys
report = json.load(open("report"))
paths = [file["path"] for file in report["files"]]
told = [entry["path"] for entry in report["warnings"]] + [f'{sys.argv[1]}' for m in report["missing"] if m["name"] == "libnear.so"]
assert sys.argv[1] in told, "nobody is told about the library"
assert any(path.endswith("/libc.so.6") for path in paths), "libc is lost"
assert any("ld-linux" in path for path in paths), "the interpreter is lost"
EOF
  "$PARE" rootfs --hints none -o root damaged/program >out 2>err || [ $? = 1 ] || { cat err; exit 1; }
  [ -e "root$PWD/damaged/program" ] || { echo "$damage: rootfs wrote nothing"; exit 1; }
  rm -r root damaged
done
