#!/bin/bash
. "$(dirname "$0")/setup"
port=$((20000 + RANDOM % 20000))
mkdir www
echo hello >www/index.html
echo second >www/second
server() { "$PARE" trace -o recording "$@" -- /usr/bin/python3 -u -m http.server --bind 127.0.0.1 -d www $port; }
server --ready port:$port --probe http://localhost:$port/index.html \
  --exec "/usr/bin/python3 -c 'import urllib.request as u; u.urlopen(\"http://127.0.0.1:$port/second\")'" 2>said
grep -qx "$PWD/www/index.html" <<<"$(facts recording open)"
grep -qx "$PWD/www/second" <<<"$(facts recording open)"
server --ready output:"Serving HTTP" --probe tcp://localhost:$port >out 2>said
grep -q 'Serving HTTP' out
code=0
server --ready port:$port --probe http://localhost:$port/no-such-file 2>said || code=$?
[ "$code" = 125 ]
grep -q 'no-such-file' said
code=0
"$PARE" trace -o recording --ready port:1 -- sh -c 'exit 5' 2>said || code=$?
[ "$code" = 5 ]
