#!/bin/bash
# A program that ends too early is refused by name, wherever it ends: never a signal, never two lines.
set -euo pipefail
. "$(dirname "$0")/refused"

make_program
"$PARE" tree ./program >/dev/null # as it is, it is a good one
size=$(stat -c %s program)
# The header, the program headers and the start of what they speak of.
for length in 4 5 15 16 52 63 64 65 100 500 700; do
  head -c "$length" program >cut
  refused 3 ./cut "$PARE" tree ./cut
done

# Further on it depends on what the cut takes away: all, or what is missing must be told in one line.
for ((length = 800; length < size; length += 97)); do
  head -c "$length" program >cut
  code=0
  timeout 20 "$PARE" tree ./cut >out 2>err || code=$?
  case $code in
  0 | 1) ;;
  3) refused 3 ./cut "$PARE" tree ./cut ;;
  *) echo "cut after $length bytes: ended with $code"; cat err; exit 1 ;;
  esac
done
