#!/bin/bash
# With --style root the builder runs pare: one COPY, and every link, mode and owner is as in the source.
set -euo pipefail
. "$(dirname "$0")/workshop"

! readelf -lW "$PARE" | grep INTERP >/dev/null || { echo "this pare is not static: it does not run in a builder"; exit 77; }
builder_image
clients_work build
mkdir context
cp "$PARE" context/pare
for program in git redis python3; do
  # shellcheck disable=SC2046 # words
  {
    echo 'FROM localhost/build AS build'
    "$PARE" stage --style root --pare pare --hints none --root "$builder" $(asks $program)
  } >Dockerfile
  build $program context
  ${program}_works $program
  "$PARE" tree --json --hints none --root "$builder" $(asks $program) >report
  mounted $program /usr/bin/python3 "$(dirname "$0")/same_layout.py" --exact report "$builder"
done
