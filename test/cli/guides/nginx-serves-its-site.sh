#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/setup"

mkdir context
block nginx.md nginx >context/site.conf
build_guide nginx.md site
id=$(podman run -d localhost/site)
served() { # there is no client inside: the host's curl, through the container's own root
  curl -s --unix-socket "/proc/$(podman inspect --format '{{.State.Pid}}' "$id")/root/run/site.socket" http://site/
}
for _ in $(seq 50); do
  served >/dev/null 2>&1 && break
  sleep 0.1
done
expect 'a minimal root serves this' served || { podman logs "$id"; exit 1; }
podman rm -f -t 1 "$id" >/dev/null
