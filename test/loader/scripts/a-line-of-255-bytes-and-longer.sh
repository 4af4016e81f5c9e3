#!/usr/bin/env bash
. "$(dirname "$0")/../judge.sh"
# Linux 6, fs/binfmt_script.c: the first 256 bytes are looked at; a path that goes on behind them is refused, an argument
# is cut.
script_root
name() { printf "%${1}s" '' | tr ' ' x; }
for length in 100 251 252 253 254; do
  # #!/ and the name: 3 more bytes
  long=$(name $length)
  cp "$ROOT/bin/witness" "$ROOT/$long"
  printf '#!/%s\n' "$long" | script /run
  judge_script /run
done
