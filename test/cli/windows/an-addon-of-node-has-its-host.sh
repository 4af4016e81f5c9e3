#!/bin/bash
# node.exe is no missing library.
. "$(dirname "$0")/workshop"
dll lib/addon.node napi_register -- node.exe:napi_create b.dll:f
dll lib/b.dll f
takes lib/addon.node -- lib/b.dll
lacks lib/addon.node --
