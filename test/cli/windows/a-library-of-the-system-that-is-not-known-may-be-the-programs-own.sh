#!/bin/bash
# version.dll beside the program comes first.
. "$(dirname "$0")/workshop"
dll app/version.dll f
exe app/x.exe version.dll:f
takes app/x.exe -- app/version.dll
