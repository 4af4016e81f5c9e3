#!/bin/bash
. "$(dirname "$0")/setup"
make_root
compare() { "$PARE" verify --root root --compare "$@"; }
[ "$(echo in | compare /bin/sh /bin/cat -- /bin/sh -c 'cat; exit 4' 2>said)" = in ]
grep -q '^pare: passed$' said
ends_with 1 compare /bin/sh -- /bin/sh -c 'read line </opt/data/one && echo "$line"; echo end' >out 2>said
[ "$(cat out)" = end ]
grep -q 'the standard output differs' said
grep -q 'missed: /opt/data/one' said
# What a run writes, the full root never sees.
compare /bin/sh -- /bin/sh -c 'echo x >/opt-made; echo x >/opt-made' 2>said
[ ! -e root/opt-made ]
