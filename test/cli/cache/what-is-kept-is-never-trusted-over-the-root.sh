#!/bin/bash
# After each change of the root the answer is the one that is given without a cache; and without a change it is given from it.
set -euo pipefail
. "$(dirname "$0")/../finders/programs"
export XDG_CACHE_HOME=$PWD/cache
mkdir -p host.d early plugins
library libx.so
library libplugin.so
mv libplugin.so plugins/
echo x >host.d/data
program host -Wl,-rpath,"$PWD/early" ./libx.so -Wl,--no-as-needed <<E2
int from_libx_so(void);
int main(int c, char **v) {
  char name[200];
  snprintf(name, sizeof name, "$PWD/plugins/%s.so", v[c - 1]);
  return dlopen(name, RTLD_NOW) == 0 || fopen("$PWD/host.d/data", "r") == 0 || fopen("$PWD/late", "r") == 0 || from_libx_so();
}
E2
same() { # WHAT
  local code=0 wanted=0
  "$PARE" tree --json --no-cache ./host >wanted 2>wanted.said || wanted=$?
  for _ in 1 2; do
    code=0
    "$PARE" tree --json ./host >got 2>said || code=$?
    cmp got wanted && cmp said wanted.said && [ "$code" = "$wanted" ] || { echo "differs after: $1"; return 1; }
  done
}
same nothing
[ -n "$(ls cache/pare)" ]
echo longer >>host.d/data
same "a file that grew"
touch late
same "a file that was not there"
cp libx.so early/
same "a library that is found earlier"
library libother.so
mv libother.so plugins/
same "another plugin"
grep -q libother.so got
ln -s libplugin.so plugins/libalias.so
same "a link"
ln -sf libother.so plugins/libalias.so
same "a link that leads elsewhere"
chmod 600 host.d/data
same "another mode"
rm plugins/libplugin.so late
same "files that are gone"
cp libx.so libx.new && mv libx.new libx.so
same "a file that was replaced by an equal one"
for entry in cache/pare/*; do
  truncate -s -7 "$entry"
done
same "a cache that was cut short"
for entry in cache/pare/*; do
  printf 'x' | dd of="$entry" bs=1 seek=120 conv=notrunc status=none
done
same "a cache of wrong bytes"
rm -rf cache
"$PARE" tree --json ./host >one & "$PARE" tree --json ./host >two
wait
cmp one two
rm -rf cache
"$PARE" tree --json --no-cache ./host >one
[ ! -e cache ]
