#!/bin/bash
# What `pare stage` writes builds after a build stage, and git, redis and python3 work in it.
set -euo pipefail
. "$(dirname "$0")/workshop"

builder_image
clients_work build
mkdir context
for program in git redis python3; do
  # shellcheck disable=SC2046 # words
  {
    echo 'FROM localhost/build AS build'
    "$PARE" stage --hints none --root "$builder" $(asks $program) 2>said || { cat said; exit 1; }
  } >Dockerfile
  build $program context
  ${program}_works $program
  "$PARE" tree --json --hints none --root "$builder" $(asks $program) >report
  mounted $program /usr/bin/python3 "$(dirname "$0")/same_layout.py" --told=said report "$builder"
done

# Its ENTRYPOINT is the program, and takes arguments.
expect 'git version 2.' podman run --rm localhost/git --version
