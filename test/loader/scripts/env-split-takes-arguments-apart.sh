#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
prog /usr/bin/tool libc.so.6
for line in '-S tool -x' '-Stool -x' '--split-string=tool -x' '-vS tool' '-S  tool' '-S "tool" -x' "-S 'tool'" '-S to\_ol' '-S t"oo"l'; do
  printf '#!/usr/bin/env %s\n' "$line" | script /run
  judge_script /run
done
