#!/bin/bash
# mscorlib is the system's.
. "$(dirname "$0")/workshop"
cs app/lib.dll library <<'END'
public class Lib { public static int F() { return 1; } }
END
cs app/x.exe exe -r:app/lib.dll <<'END'
class X { static int Main() { return Lib.F() - 1; } }
END
takes app/x.exe -- app/lib.dll
provided app/x.exe -- 'mscoree.dll servercore' 'mscorlib servercore'
