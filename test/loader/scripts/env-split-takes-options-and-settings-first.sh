#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
script_root
prog /usr/bin/tool libc.so.6
for line in '-S A=b tool -x' '-S -u HOME tool' '-S --unset=HOME A=b tool' '-S - A=b tool' '-S -uHOME -- tool' '-S A="b c" D=e tool' '-S -C / tool' '-S --chdir=/ tool'; do
  printf '#!/usr/bin/env %s\n' "$line" | script /run
  judge_script /run
  loads /usr/bin/tool
done
