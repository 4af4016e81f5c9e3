#!/bin/bash
set -euo pipefail
printf 'hello\nworld\n' >text
code=0
"$PARE" tree /bin/true --trace text >out 2>said || code=$?
[ "$code" = 3 ]
grep -Fx 'pare: text: neither a recording of pare trace nor a log of strace' said
[ ! -s out ]
code=0
"$PARE" tree /bin/true --trace not-there >out 2>said || code=$?
[ "$code" = 3 ]
grep -Fx 'pare: not-there: No such file or directory' said
