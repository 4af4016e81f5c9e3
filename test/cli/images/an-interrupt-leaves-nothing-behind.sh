#!/bin/sh
# Ctrl-C while layers are unpacked, and while an image is written: exit 130, no temporary file, no half image.
. "$(dirname "$0")/setup"
cd "$T"
python3 - "$here" "$T/program" <<'EOF'
import sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from layers import Layer, Layout
program = open(sys.argv[2], "rb").read()
layer = Layer().folder("bin").file("bin/program", program, mode=0o755).file("zeros", bytes(1 << 29)).finish()
Layout("images/large").image([(layer, "gzip")] * 3, {"Entrypoint": ["/bin/program"]})
EOF
interrupted() { # SECONDS COMMAND...
  seconds=$1
  shift
  # A shell has background jobs ignore SIGINT; python does not.
  python3 -c '
import signal, subprocess, sys, time
process = subprocess.Popen(sys.argv[2:])
time.sleep(float(sys.argv[1]))
process.send_signal(signal.SIGINT)
sys.exit(process.wait(60))' "$seconds" "$@"
}
for seconds in 0.05 0.2 0.6; do
  status=0
  interrupted $seconds "$PARE" image -q --image oci:images/large --include /zeros -o oci:out:t || status=$?
  case $status in
  130) [ ! -e out ] || fail "a half image is left" ;;
  0) rm -r out ;;
  *) fail "exit $status" ;;
  esac
  nothing_temporary_is_left
done
