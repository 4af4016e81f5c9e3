#!/bin/bash
# No `..` and no symlink leads out of the root: what is not in it is not there.
set -euo pipefail
. "$(dirname "$0")/refused"

mkdir -p root/bin root/etc outside
make_program
cp program outside/secret
ln -s ../../outside/secret root/bin/relative
ln -s "$PWD/outside/secret" root/bin/absolute
ln -s ../.. root/bin/up
ln -s /proc/self/root root/bin/magic
for path in /bin/relative /bin/absolute /bin/up/outside/secret /../outside/secret "/bin/../..$PWD/outside/secret" \
  "/bin/magic$PWD/outside/secret" "$PWD/outside/secret"; do
  refused 3 "$path" "$PARE" tree --root root "$path"
done

# Of the same names inside, those are meant.
mkdir -p root/outside
cp program root/outside/secret
"$PARE" tree --json --hints none --root root /bin/relative >report || [ $? = 1 ] # libnear.so is not in there
grep -qF '"/outside/secret"' report || { cat report; exit 1; }
