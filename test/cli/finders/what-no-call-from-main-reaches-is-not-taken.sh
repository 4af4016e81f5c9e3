#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/programs"
library libnever.so
library liblate.so
cat >used.c <<'E2'
#include <dlfcn.h>
void *used(void) { return dlopen("liblate.so", RTLD_NOW); }
void *unused(void) { return dlopen("libnever.so", RTLD_NOW); }
E2
gcc -O2 -shared -fPIC -o libused.so used.c -Wl,-soname,libused.so -Wl,-rpath,'$ORIGIN'
program host ./libused.so <<'E2'
void *used(void);
int main(void) { return used() == 0; }
E2
files ./host | is 'host
liblate.so
libused.so'
"$PARE" why liblate.so ./host | grep -F '[main > used in libused.so]'
