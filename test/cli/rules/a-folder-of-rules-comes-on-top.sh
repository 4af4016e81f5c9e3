#!/bin/bash
# --rules DIR adds the *.toml of a folder, by name; one that is broken, or has an id that is taken, is exit 2.
set -euo pipefail
. "$(dirname "$0")/../bad-input/refused"

mkdir mine
rule() { printf 'subject = "My own"\n[[rule]]\nid = "%s"\nsource = "I"\nwhen = [{ symbols = "f" }]\ntake = ["/etc/mine"]\n' "$1"; }
rule mine-a >mine/a.toml
echo 'no rule' >mine/readme.txt
"$PARE" rules list --rules mine >list
[ "$(tail -2 list)" = $'My own\n  mine-a' ]
"$PARE" rules show mine-a --rules mine | grep -qx 'source = "I"'

rule mine-a >mine/b.toml
refused 2 "mine/b.toml: there is a rule mine-a already" "$PARE" rules list --rules mine
echo 'x' >mine/b.toml
refused 2 "mine/b.toml:1: " "$PARE" rules list --rules mine
refused 3 no-such "$PARE" rules list --rules no-such
