#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/programs"
root=$PWD/root
mkdir -p root/usr/bin root/usr/share/other root/etc root/usr/share/tool/themes
program tool -static <<'E2'
int main(int c, char **v) { return puts(c > 1 ? "/usr/share/other/file" : "/usr/share/tool") + puts("/etc/motd"); }
E2
cp tool root/usr/bin/
echo x | tee root/usr/share/other/file root/etc/motd root/usr/share/tool/themes/dark >root/usr/share/tool/data
: >root/usr/share/tool/lib.a
"$PARE" tree --root root --format paths /usr/bin/tool | grep -v '^/usr/\(bin\|share\)$' | is '/usr
/usr/bin/tool
/usr/share/tool
/usr/share/tool/data
/usr/share/tool/themes
/usr/share/tool/themes/dark'
"$PARE" tree --root root --format paths --confidence possible /usr/bin/tool | grep -x '/etc/motd\|/usr/share/other/file' | is '/etc/motd
/usr/share/other/file'
