#!/bin/bash
# A multi-file assembly names its modules.
. "$(dirname "$0")/workshop"
cs app/part.netmodule module <<'END'
public class Part { public static int F() { return 1; } }
END
cs app/x.exe exe -addmodule:app/part.netmodule <<'END'
class X { static int Main() { return Part.F() - 1; } }
END
"$PARE" tree --root . --format paths ./app/x.exe | grep -qx /app/part.netmodule
