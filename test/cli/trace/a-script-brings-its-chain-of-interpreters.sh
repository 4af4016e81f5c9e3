#!/bin/bash
. "$(dirname "$0")/setup"
printf '#!%s/second -x\n' "$PWD" >first
printf '#!/bin/sh\necho "$@"\n' >second
chmod +x first second
"$PARE" trace -o recording -- ./first
exec=$(facts recording exec)
for path in "$PWD/first" "$PWD/second" /bin/sh /lib64/ld-linux-x86-64.so.2; do
  grep -qx -- "$path" <<<"$exec"
done
