#!/bin/bash
. "$(dirname "$0")/setup"
[ "$(id -u)" = 0 ] || { echo "needs root to become another user"; exit 77; }
make_root
cp "$PARE" pare
chmod 755 . root
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"; }
as_nobody unshare -Ur true 2>/dev/null || { echo "a plain user may make no user namespace here"; exit 77; }
[ "$(as_nobody ./pare verify -q --no-cache --root root --compare /bin/sh /bin/cat -- /bin/sh -c 'echo hello; cat /etc/hostname')" = $'hello\npare' ]
[ "$(as_nobody ./pare verify -q --no-cache --root root --user plain /bin/sh /bin/cat -- /bin/cat /proc/self/status | sed -n 's/^Uid:\t\([0-9]*\).*/\1/p')" = 1234 ]
# Where they are switched off, one line says how to switch them on.
inside() { unshare -U --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"' - "$@"; }
ends_with 3 inside ./pare verify -q --no-cache --root root /bin/sh -- /bin/sh -c true 2>said
[ "$(wc -l <said)" = 1 ]
grep -q 'user.max_user_namespaces' said
