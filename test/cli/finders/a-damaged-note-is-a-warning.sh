#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/programs"
library libx.so
noted host '[{"soname":["libx.so"]'
"$PARE" tree ./host >/dev/null 2>said
grep -F "$PWD/host: .note.dlopen: not JSON" said
