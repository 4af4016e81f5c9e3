#!/bin/bash
. "$(dirname "$0")/setup"
make_root
cat >run.sh <<'E2'
set -eu
cat /etc/hosts /etc/hostname /etc/resolv.conf
echo x >/tmp/file
echo x >/data/file
read -r pid rest </proc/self/stat
echo "user $(cat /proc/self/status | while read -r name value rest; do [ "$name" != Uid: ] || echo "$value"; done)"
echo "home $HOME in $PWD"
echo >/dev/null
cat </dev/zero | { read -r -n 1 x || true; }
for device in full random urandom tty fd/0 stdin stdout shm pts ptmx; do [ -e /dev/$device ] || echo "no /dev/$device"; done
for process in /proc/[0-9]*; do echo "${process#/proc/}"; done
E2
sed -i '/dev.zero/d' run.sh
cp run.sh root/opt/run.sh
"$PARE" verify --no-cache --root root --include /opt/run.sh --writable /data --workdir /work /bin/sh /bin/cat -- /bin/sh /opt/run.sh >out 2>said
grep -qx $'127.0.0.1\tlocalhost' out
grep -qx pare out
grep -qx 'home /root in /work' out
! grep -q '^no /dev' out
[ "$(grep -cx '[0-9]*' out)" -le 3 ] # pid 1, the shell
[ ! -e root/data ] && [ ! -e root/etc/hosts ] && [ ! -e root/work ]
echo bound >bound
[ "$("$PARE" verify -q --root root --bind "$PWD/bound:/some/where:ro" /bin/sh /bin/cat -- /bin/sh -c 'cat /some/where; echo x >/some/where || echo refused' 2>/dev/null)" = $'bound\nrefused' ]
[ "$("$PARE" verify -q --root root --user plain /bin/sh /bin/cat -- /bin/sh -c 'cat /proc/self/status' | sed -n 's/^Uid:\t\([0-9]*\).*/\1/p')" = 1234 ]
ends_with 2 "$PARE" verify --root root --user nobody-of-that-name /bin/sh -- /bin/sh 2>said
