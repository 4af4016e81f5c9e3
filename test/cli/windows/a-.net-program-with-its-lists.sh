#!/bin/bash
# deps.json: all that it lists must be there.
. "$(dirname "$0")/workshop"
cs app/lib.dll library <<'END'
public class Lib { public static int F() { return 1; } }
END
cs app/x.dll library -r:app/lib.dll <<'END'
public class X { public static int Main() { return Lib.F() - 1; } }
END
dll app/runtimes/win-x64/native/sql.dll f
exe app/x.exe KERNEL32.dll:GetLastError
cat >app/x.deps.json <<'END'
{"runtimeTarget": {"name": "t"}, "targets": {"t": {
  "x/1.0.0": {"runtime": {"x.dll": {}}},
  "lib/1.0.0": {"runtime": {"lib/net8.0/lib.dll": {}}},
  "sql/2.0.0": {"runtimeTargets": {"runtimes/win-x64/native/sql.dll": {"rid": "win-x64", "assetType": "native"},
    "runtimes/linux-x64/native/libsql.so": {"rid": "linux-x64", "assetType": "native"}}},
  "gone/1.0.0": {"runtime": {"lib/gone.dll": {}}}}}, "libraries": {}}
END
echo '{"runtimeOptions": {"framework": {"name": "Microsoft.NETCore.App", "version": "8.0.0"}}}' >app/x.runtimeconfig.json
takes app/x.exe -- app/lib.dll app/x.dll app/runtimes/win-x64/native/sql.dll
lacks app/x.exe -- 'Microsoft.NETCore.App 8.0.0 needed certain' 'gone.dll needed certain'
warns 'Microsoft.NETCore.App comes with the .NET runtime, which the images mcr.microsoft.com/dotnet/runtime have'
