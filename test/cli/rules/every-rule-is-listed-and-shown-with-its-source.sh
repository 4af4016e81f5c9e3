#!/bin/bash
# What `rules list` names, `rules show` writes as a rule that `rules check` would take, with where the knowledge is from.
set -euo pipefail

"$PARE" rules list >list
grep -q '^[A-Z]' list
ids=$(sed -n 's/^  //p' list)
[ "$(wc -l <<<"$ids")" -gt 100 ]
[ "$(sort <<<"$ids" | uniq -d | wc -l)" = 0 ]
for id in $(head -5 <<<"$ids") nss-passwd; do
  "$PARE" rules show "$id" >shown
  grep -qx "id = \"$id\"" shown
  grep -q '^source = ' shown
done
"$PARE" rules show nss-passwd | grep -q getpwnam
