#!/bin/bash
set -euo pipefail
wrong() { # TEXT EXPECTED
  printf '%b' "$1" >pare.toml
  code=0
  "$PARE" check >out 2>said || code=$?
  [ "$code" = 2 ] || { cat said; return 1; }
  grep -F "$2" said
  [ "$(wc -l <said)" = 1 ]
}
wrong '[[target]]\nprograms = ["/bin/true"\n' 'pare.toml:'
wrong '[[target]]\nprograms = ["/bin/true"]\nprogrammes = 3\n' 'pare.toml:3: programmes: no such key of a target'
wrong '[[target]]\nprograms = 3\n' 'pare.toml:2: programs: a list of texts is expected'
wrong '[[target]]\nprograms = ["/bin/true"]\n[target.budget]\nbytes = "many"\n' 'pare.toml:4: bytes: a size is expected'
wrong '[[target]]\nprograms = ["/bin/true"]\n[target.budget]\ngrowth = "5"\n' 'pare.toml:4: growth: a percentage is expected'
wrong '[[target]]\nname = "x"\n' 'a target names programs, or an image'
wrong '' 'no [[target]]'
rm pare.toml
code=0
"$PARE" check 2>said || code=$?
[ "$code" = 3 ]
grep -F 'pare.toml: No such file' said
echo '{"schema":"pare-lock/1","targets":[{"name":"x","report":{"schema":"pare/1","files":[{"path":"/../x"}]}}]}' >pare.lock
printf '[[target]]\nname = "x"\nprograms = ["/bin/true"]\n' >pare.toml
code=0
"$PARE" check 2>said || code=$?
[ "$code" = 3 ]
grep -F 'pare.lock: ' said
