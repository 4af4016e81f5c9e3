#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/programs"
library libtwo.so.2
mkdir other
library libone.so.1
mv libone.so.1 other/
program host <<'E2'
static const char *names[] = {"libone.so.1", "libtwo.so.2", "libnowhere.so.3"};
int main(int c, char **v) { return dlopen(names[c % 3], RTLD_LAZY) == 0; }
E2
files ./host --hints strings | is 'host
libtwo.so.2'
