#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/programs"
library libplugin.so
mkdir data
echo x >data/read
echo x >data/written
echo x >data/kept
program host <<E2
static void *load(const char *name) { return dlopen(name, RTLD_NOW); }
int main(void) {
  FILE *in = fopen("$PWD/data/read", "r"), *out = fopen("$PWD/data/written", "w");
  return load("libplugin.so") == 0 || in == 0 || out == 0;
}
E2
files ./host --hints calls | is 'data
data/read
host
libplugin.so'
"$PARE" why data/read ./host --hints calls | head -2 | grep -F 'path-call (fopen("'"$PWD"'/data/read")'
