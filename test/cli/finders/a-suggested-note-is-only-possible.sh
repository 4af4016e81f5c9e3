#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/programs"
library libx.so
noted host '[{"soname":["libx.so"],"priority":"suggested"}]'
files ./host | is host
files --confidence possible ./host | is 'host
libx.so'
