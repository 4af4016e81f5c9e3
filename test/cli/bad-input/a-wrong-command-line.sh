#!/bin/bash
# What no command takes is named, with exit 2, before anything is read or written.
set -euo pipefail
. "$(dirname "$0")/refused"

refused 2 --no-such-option "$PARE" tree --no-such-option /bin/sh
refused 2 no-such-command "$PARE" no-such-command
refused 2 sideways "$PARE" tree --format sideways /bin/sh
refused 2 sideways "$PARE" tree --hints sideways /bin/sh
refused 2 sideways "$PARE" tree --confidence sideways /bin/sh
refused 2 sideways "$PARE" tree --color sideways /bin/sh
refused 2 sideways "$PARE" tree --depth sideways /bin/sh
refused 2 -o "$PARE" rootfs /bin/sh
# Without a program there is nothing to do. `pare` alone may show its help instead, on standard error.
refused 2 PROGRAM "$PARE" tree
refused 2 PROGRAM "$PARE" rootfs -o root
[ ! -e root ] || { echo "rootfs left a folder"; exit 1; }
for command in "image -o oci:out" stage; do
  for wrong in "--port 0" "--port 80/http" "--port 70000" "--stop-signal SIGNOTHING" "--stop-signal 65" "--workdir relative" "--entrypoint 'x"; do
    # shellcheck disable=SC2086 # words
    refused 2 "${wrong% *}" "$PARE" $command $wrong /bin/sh
  done
done
