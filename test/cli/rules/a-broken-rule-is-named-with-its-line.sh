#!/bin/bash
# A rule of the user's that is wrong is exit 2, with one line: the file, the line and what is wrong.
set -euo pipefail
. "$(dirname "$0")/../bad-input/refused"

cat >good.toml <<'EOF'
subject = "mine"
[[rule]]
id = "mine"
source = "I"
when = [{ symbols = "f" }]
take = ["/etc/mine"]
EOF
[ "$("$PARE" rules check good.toml)" = "good.toml: 1 rule" ]

sed 's/symbols/symbol/' good.toml >bad.toml
refused 2 "bad.toml:5: unknown condition symbol" "$PARE" rules check bad.toml
sed 's|/etc/mine|/etc/{x}|' good.toml >bad.toml
refused 2 "bad.toml:6: /etc/{x}: nothing captures {x}" "$PARE" rules check bad.toml
sed 's/id = "mine"/id = "nss-passwd"/' good.toml >bad.toml
refused 2 "there is a rule nss-passwd already" "$PARE" rules check bad.toml
printf '\xff' >bad.toml
refused 2 bad.toml "$PARE" rules check bad.toml
refused 3 no-such.toml "$PARE" rules check no-such.toml
refused 3 "$PWD" "$PARE" rules check "$PWD"
refused 2 no-such-rule "$PARE" rules show no-such-rule
refused 2 sideways "$PARE" rules sideways
refused 2 "list all" "$PARE" rules list all
