#!/bin/bash
# With --from . the build context is the root: no build stage is needed.
set -euo pipefail
. "$(dirname "$0")/workshop"

base_image
clients_work base
for program in git redis python3; do
  # shellcheck disable=SC2046 # words
  "$PARE" stage --from . --hints none --root "$builder" $(asks $program) >Dockerfile 2>said || { cat said; exit 1; }
  build $program "$builder"
  ${program}_works $program
  "$PARE" tree --json --hints none --root "$builder" $(asks $program) >report
  mounted $program /usr/bin/python3 "$(dirname "$0")/same_layout.py" --told=said report "$builder"
done
