#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/programs"
library libsecond.so
library libthird.so
noted host '[{"soname":["libfirst.so","libsecond.so","libthird.so"],"priority":"recommended"}]'
files ./host | is 'host
libsecond.so'
files --hints none ./host | is host
