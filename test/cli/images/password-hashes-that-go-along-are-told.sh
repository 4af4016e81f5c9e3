#!/bin/bash
. "$(dirname "$0")/setup"

mkdir -p "$T/root/etc"
# shellcheck disable=SC2016 # no variables
printf '%s\n' 'root:*:1::::::' 'daemon:!:1::::::' 'worker:$y$j9T$saltsaltsaltsalt$hash:1::::::' 'old:!ab0123456789c:1::::::' 'short' >"$T/root/etc/shadow"
said=$("$PARE" image --root "$T/root" --include /etc/shadow -o "oci:$T/told" /bin/program 2>&1)
grep -q '^pare: warning: /etc/shadow: holds 2 password hashes,.* --exclude /etc/shadow leaves it out$' <<<"$said" || fail "$said"
printf '%s\n' 'root:*:1::::::' 'daemon:!:1::::::' >"$T/root/etc/shadow"
said=$("$PARE" image --root "$T/root" --include /etc/shadow -o "oci:$T/not" /bin/program 2>&1)
! grep -q password <<<"$said" || fail "$said"
