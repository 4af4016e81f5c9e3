#!/bin/sh
# In a root that holds pare alone: attributes are read by way of /proc elsewhere.
. "$(dirname "$0")/setup"
need_root
ldd "$PARE" >/dev/null 2>&1 && skip "this pare is linked dynamically"
cp "$PARE" "$T/root/pare"
setcap cap_net_raw+ep "$T/root/bin/program" || skip "no capabilities on this file system"
chroot "$T/root" /pare rootfs -o /out /bin/program
cmp "$T/root/bin/program" "$T/root/out/bin/program"
[ "$(cd "$T/root/out" && getcap bin/program)" = "$(cd "$T/root" && getcap bin/program)" ] || fail "the capability is lost"
