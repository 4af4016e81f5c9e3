#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/programs"
mkdir -p root/usr/bin root/usr/share/one root/usr/share/many
program tool -static <<'E2'
int main(int c, char **v) {
  char one[99], many[99];
  snprintf(one, sizeof one, "/usr/share/one/%s.dat", v[c - 1]);
  snprintf(many, sizeof many, "/usr/share/many/%d.dat", c);
  return puts(one) + puts(many);
}
E2
cp tool root/usr/bin/
touch root/usr/share/one/only.dat root/usr/share/one/other root/usr/share/many/{1,2}.dat
# The only file that matches is evidence; of two in a folder that is not the program's own, neither is.
"$PARE" tree --root root --format paths /usr/bin/tool | grep '/.*dat$' | is /usr/share/one/only.dat
mv root/usr/bin/tool root/usr/bin/many
"$PARE" tree --root root --format paths /usr/bin/many | grep '/.*dat$' | is '/usr/share/many/1.dat
/usr/share/many/2.dat
/usr/share/one/only.dat'
