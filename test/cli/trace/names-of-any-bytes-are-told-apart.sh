#!/bin/bash
. "$(dirname "$0")/setup"
names=($'new\nline' $'quote"back\\slash' $'\xff\xfe' '\xff\xfe' 'plain ü')
for name in "${names[@]}"; do echo x >"$name"; done
"$PARE" trace -o recording -- cat "${names[@]}" >/dev/null
[ "$(facts recording open | grep -c "^$PWD/")" -ge 5 ]
[ "$(grep -c "$PWD/" recording)" = "$(grep "$PWD/" recording | sort -u | wc -l)" ]
# A name without an end, and one that is nowhere, spoil nothing.
compile wild <<'E2'
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
  char *page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(page, 'a', 8192);
  open(page, O_RDONLY);
  mprotect(page + 4096, 4096, PROT_NONE);
  memcpy(page + 4088, "plain-x", 8);
  open(page + 4088, O_RDONLY);
  open(page + 4090, O_RDONLY);
  memset(page + 4000, 'b', 96);
  open(page + 4000, O_RDONLY);
  open((char *)16, O_RDONLY);
  open(0, O_RDONLY);
  return 0;
}
E2
"$PARE" trace -o recording -- ./wild
grep -qx "$PWD/plain-x" <<<"$(facts recording missing)"
