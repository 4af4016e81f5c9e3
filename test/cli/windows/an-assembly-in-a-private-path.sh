#!/bin/bash
# x.exe.config names the folder.
. "$(dirname "$0")/workshop"
cs app/bin/lib.dll library <<'END'
public class Lib { public static int F() { return 1; } }
END
cs app/x.exe exe -r:app/bin/lib.dll <<'END'
class X { static int Main() { return Lib.F() - 1; } }
END
lacks app/x.exe -- 'lib needed likely'
cat >app/x.exe.config <<'END'
<configuration><runtime><assemblyBinding xmlns="urn:schemas-microsoft-com:asm.v1">
<probing privatePath="other;bin"/></assemblyBinding></runtime></configuration>
END
takes app/x.exe -- app/bin/lib.dll
lacks app/x.exe --
