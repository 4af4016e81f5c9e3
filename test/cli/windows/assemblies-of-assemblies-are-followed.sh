#!/bin/bash
# And System.Core is .NET Framework's.
. "$(dirname "$0")/workshop"
cs app/one.dll library -r:System.Core.dll <<'END'
using System.Linq;
public class One { public static int F() { return new[] { 1, 2 }.Count(); } }
END
cs app/two.dll library -r:app/one.dll <<'END'
public class Two { public static int F() { return One.F(); } }
END
cs app/x.exe exe -r:app/two.dll <<'END'
class X { static int Main() { return Two.F(); } }
END
takes app/x.exe -- app/one.dll app/two.dll
provided app/x.exe -- 'mscoree.dll servercore' 'mscorlib servercore' 'system.core servercore'
