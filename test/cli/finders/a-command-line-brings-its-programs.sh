#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/programs"
program host <<'E2'
int main(void) { return system("sort -u <x | head -n1") + (execlp("tail", "tail", "-f", "x", (char *)0) == 0); }
E2
"$PARE" tree --format paths ./host | grep -Ex '.*/(sort|head|tail|dash)' | sed 's|.*/||' | sort | is 'dash
head
sort
tail'
