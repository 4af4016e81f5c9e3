#!/bin/bash
# Nobody reads any more (| head -1): no word about it, and no code that speaks of an error.
set -euo pipefail
. "$(dirname "$0")/refused"

make_program
cat >reader.py <<'EOF'
import os, subprocess, sys
# The reading end is closed before the program starts, so that the very first write meets nobody; once with the usual
# deadly SIGPIPE and once with it ignored, as under Python or a shell's trap.
for command in (["tree"], ["tree", "--json"], ["copy"], ["stage"], ["rootfs", "-o", "-"]):
    for usual in (True, False):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([os.environ["PARE"], *command, "./program"], stdin=subprocess.DEVNULL, stdout=write,
                              stderr=subprocess.PIPE, restore_signals=usual)
        os.close(write)
        if done.stderr and command != ["copy"] or done.returncode not in (0, -13, 141):
            sys.exit(f"{command}, SIGPIPE {'deadly' if usual else 'ignored'}: ended with {done.returncode}: {done.stderr!r}")
EOF
/usr/bin/python3 reader.py
