#!/bin/sh
. "$(dirname "$0")/setup"
to_full() { rootfs - >/dev/full; }
expect_status 4 to_full
said_one_line_about "No space left on device"
