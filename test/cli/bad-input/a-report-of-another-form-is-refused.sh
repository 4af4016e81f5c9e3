#!/bin/bash
set -euo pipefail
"$PARE" tree --json --hints none /bin/true >good.json
refused() { # WHAT EXPECTED-LINE
  code=0
  "$PARE" diff good.json "$1" >out 2>said || code=$?
  [ "$code" = 3 ]
  [ ! -s out ]
  grep -F "$2" said
  [ "$(wc -l <said)" = 1 ]
}
head -c 300 good.json >cut.json
refused cut.json 'pare: cut.json: not JSON'
echo '{"schema":"pare/2"}' >later.json
refused later.json 'pare: later.json: a report of the form "pare/2", where pare/1 is known'
echo '[]' >list.json
refused list.json 'pare: list.json: no report of pare'
sed 's|"path":"/lib"|"path":"/../lib"|' good.json >leads-out.json
refused leads-out.json 'is no path of a root'
sed 's|"by":"/usr/bin/true"|"by":"/usr/bin/other"|' good.json >nobody.json
refused nobody.json 'is not among its files'
python3 -c 'print("[" * 100000)' >deep.json
refused deep.json 'nested deeper'
