#!/bin/bash
# COPY lines go over a base whose /lib and /bin are links: both programs work, and the links stay links.
set -euo pipefail
. "$(dirname "$0")/workshop"

builder_image
base_image
clients_work base
mkdir context
links_stay() { # ROOT
  local name
  for name in bin sbin lib lib64; do
    [ "$(readlink "$1/$name")" = "usr/$name" ] || { echo "/$name is no link to usr/$name any more"; return 1; }
  done
}
for program in git redis python3; do
  # shellcheck disable=SC2046 # words
  {
    printf 'FROM localhost/build AS build\nFROM localhost/base\n'
    "$PARE" copy --hints none --root "$builder" $(asks $program)
  } >Dockerfile
  build $program context
  ${program}_works $program
  expect still run $program sh -c 'echo still here'
  mounted $program links_stay
  "$PARE" tree --json --hints none --root "$builder" $(asks $program) >report
  mounted $program /usr/bin/python3 "$(dirname "$0")/same_layout.py" --over-base report "$builder"
done
