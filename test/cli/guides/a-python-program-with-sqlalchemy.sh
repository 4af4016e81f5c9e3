#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/setup"

mkdir context
block python.md python >context/main.py
build_guide python.md app
expect 'answer: 42' podman run --rm localhost/app
size=$(podman image inspect --format '{{.Size}}' localhost/app)
[ "$size" -lt 60000000 ] || { echo "not minimal: $size bytes"; exit 1; }
