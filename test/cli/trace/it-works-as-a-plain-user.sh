#!/bin/bash
. "$(dirname "$0")/setup"
[ "$(id -u)" = 0 ] || { echo "needs root to become another user"; exit 77; }
chmod 777 .
cp "$PARE" pare
echo x >file
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"; }
as_nobody ./pare trace -o recording -- cat file
grep -qx "$PWD/file" <<<"$(facts recording open)"
# As the root of a container, which may trace its own children and nothing else.
setpriv --bounding-set -all --inh-caps=-all ./pare trace -o recording2 -- cat file
grep -qx "$PWD/file" <<<"$(facts recording2 open)"
cp /bin/true suid
chmod 4755 suid
as_nobody ./pare trace -o recording3 -- ./suid 2>said
grep -q 'suid is set-user-ID' said
