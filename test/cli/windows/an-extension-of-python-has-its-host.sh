#!/bin/bash
# python311.dll is the interpreter's.
. "$(dirname "$0")/workshop"
dll lib/_x.pyd PyInit__x -- python311.dll:PyModule_Create2 b.dll:f
dll lib/b.dll f
takes lib/_x.pyd -- lib/b.dll
lacks lib/_x.pyd --
