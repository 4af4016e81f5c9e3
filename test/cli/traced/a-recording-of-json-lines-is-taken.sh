#!/bin/bash
set -euo pipefail
mkdir -p root/etc root/data/sub root/bin root/var/cache/x
cp /bin/true root/bin/tool
echo 'a=1' >root/etc/tool.conf
ln -s tool.conf root/etc/alias
echo x >root/data/sub/x
echo secret >root/var/cache/x/y
printf -- '-----BEGIN PRIVATE KEY-----\n' >root/etc/key.pem
cat >run.trace <<'E2'
{"path":"/etc/alias","op":"open","pid":7}
{"path":"/data/sub","op":"list","pid":7}
{"path":"/data/new","op":"missing","pid":7}
{"path":"/data/new","op":"create","pid":7}
{"path":"/data/late","op":"missing","pid":7}
{"path":"/data/late","op":"open","pid":8}
{"path":"/etc/key.pem","op":"open","pid":8}
{"path":"/var/cache/x/y","op":"open","pid":8}
{"path":"/dev/null","op":"write","pid":8}
{"path":"/etc/nothing","op":"missing","pid":8}
{"path":"/etc/cut
E2
touch root/data/new root/data/late
"$PARE" tree --root root --format paths --hints none /bin/tool --trace run.trace 2>said >all || [ $? = 1 ] # it lacks its libraries
grep -v lib all >got
diff - got <<'E2'
/bin
/bin/tool
/data
/data/sub
/etc
/etc/alias
/etc/tool.conf
E2
grep -F '/etc/key.pem: the run used it, but it is not taken: a private key' said
grep -F '/var/cache/x/y: the run used it, but it is not taken: a cache' said
grep -F 'run.trace: line 11: not JSON' said
