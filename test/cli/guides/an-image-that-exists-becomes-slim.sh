#!/bin/bash
# Its words are docker's; podman and skopeo know them too.
set -euo pipefail
. "$(dirname "$0")/setup"

mkdir context
block python.md python >context/main.py
image_of debian <<<"cp -a '$builder/.' ."
clients_work debian
printf '%s\n' 'FROM localhost/debian' 'COPY --chmod=755 main.py /app/' 'ENTRYPOINT ["/app/main.py"]' 'USER 65532' >Dockerfile
build app context
podman tag localhost/app localhost/app:latest
docker() {
  case $1 in
  save) podman save -q --format docker-archive "$2" -o "$4" >/dev/null ;;
  load) podman load -q -i "$3" >/dev/null ;;
  esac
}
pare() { "$PARE" "$@"; }
eval "$(block slim-an-image.md sh 1)"
expect 'answer: 42' podman run --rm localhost/app:slim
fat=$(stat -c %s fat.tar) slim=$(stat -c %s slim.tar)
[ "$slim" -lt $((fat / 3)) ] || { echo "not slim: $slim of $fat"; exit 1; }
eval "$(block slim-an-image.md sh 2 | sed 's#/usr/bin/perl#/usr/bin/python3.11#')" >said
grep -q 'python3.11' said
