#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/programs"
library libonly.so
library libgone.so
library libplugin.so ./libonly.so ./libgone.so
rm libgone.so
noted host '[{"soname":["libplugin.so"]}]'
"$PARE" tree ./host >/dev/null 2>said # exit 0: it is no fault
grep -F "$PWD/libplugin.so: left out: $PWD/libplugin.so needs libgone.so, which is not found" said
files ./host | is host
# A required one is taken all the same, and what it lacks is a fault.
noted host '[{"soname":["libplugin.so"],"priority":"required"}]'
code=0
"$PARE" tree ./host >/dev/null 2>said || code=$?
[ "$code" = 1 ]
files ./host | is 'host
libonly.so
libplugin.so'
