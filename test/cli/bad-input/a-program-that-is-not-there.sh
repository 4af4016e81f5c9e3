#!/bin/bash
# Each command names the program that it cannot find, and writes nothing.
set -euo pipefail
. "$(dirname "$0")/refused"

for command in tree copy stage "rootfs -o root"; do
  # shellcheck disable=SC2086 # a command and its options
  refused 3 /no/such/program "$PARE" $command /no/such/program
done
[ ! -e root ] || { echo "rootfs left a folder"; exit 1; }
refused 3 ./no-such-program "$PARE" tree ./no-such-program
refused 3 no-such-program "$PARE" tree no-such-program # a bare name: no folder of PATH has it

# The good one of two programs is not a reason to go on: what the user named must be there.
make_program
refused 3 /no/such/program "$PARE" tree ./program /no/such/program

ln -s nowhere dangling
refused 3 ./dangling "$PARE" tree ./dangling
ln -s loop loop
refused 3 ./loop "$PARE" tree ./loop
refused 3 ./program/below "$PARE" tree ./program/below
