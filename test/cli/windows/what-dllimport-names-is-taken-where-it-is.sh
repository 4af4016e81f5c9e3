#!/bin/bash
# With and without its ending; what is for another system is not missed.
. "$(dirname "$0")/workshop"
dll app/native.dll f
cs app/x.exe exe <<'END'
using System.Runtime.InteropServices;
class X {
  [DllImport("native")] static extern int f();
  [DllImport("user32.dll")] static extern int GetDesktopWindow();
  [DllImport("libc")] static extern int getpid();
  static int Main() { return f(); }
}
END
takes app/x.exe -- app/native.dll
lacks app/x.exe --
provided app/x.exe -- 'mscoree.dll servercore' 'mscorlib servercore' 'user32.dll nanoserver'
