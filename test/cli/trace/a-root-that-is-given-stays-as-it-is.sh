#!/bin/bash
. "$(dirname "$0")/setup"
"$PARE" rootfs --no-cache -q -o root /bin/sh /bin/cat
mkdir -p root/bin
unshare -Urm true 2>/dev/null || { echo "namespaces are refused here"; exit 77; }
find root | sort >before
echo bound >bound
[ "$("$PARE" trace -o recording --root root --bind "$PWD/bound:/data/bound:ro" --workdir /data -- /bin/sh -c 'echo x >made; cat /data/bound made')" = $'bound\nx' ]
find root | sort | cmp before -
grep -qx /bin/sh <<<"$(facts recording exec)"
grep -qx /data/bound <<<"$(facts recording open)"
grep -qx /data/made <<<"$(facts recording create)"
