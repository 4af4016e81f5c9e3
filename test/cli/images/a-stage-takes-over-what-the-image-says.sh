#!/bin/sh
# pare stage --image: its config is in the lines of the stage, and the options over it.
. "$(dirname "$0")/setup"
cd "$T"
python3 - "$here" "$T/program" <<'EOF'
import sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from layers import Layer, Layout
program = open(sys.argv[2], "rb").read()
layer = Layer().folder("bin").file("bin/program", program, mode=0o755).file("bin/check", program, mode=0o755).finish()
Layout("images/app").image([(layer, "gzip")], {
    "Entrypoint": ["/bin/program"], "Cmd": ["-x", "two words"], "Env": ["PATH=/bin", "A=b c"], "WorkingDir": "/w", "User": "7:7",
    "ExposedPorts": {"80/tcp": {}}, "Labels": {"l": "v"}, "StopSignal": "SIGQUIT",
    "Healthcheck": {"Test": ["CMD", "check", "-q"], "Interval": 5000000000, "Retries": 2}})
EOF
"$PARE" stage -q --image oci:images/app --from fat >Dockerfile
for line in 'ENV PATH="/bin"' 'ENV A="b c"' 'LABEL "l"="v"' 'EXPOSE 80/tcp' 'WORKDIR "/w"' 'USER 7:7' 'STOPSIGNAL SIGQUIT' \
  'HEALTHCHECK --interval=5000ms --retries=2 CMD ["check", "-q"]' 'ENTRYPOINT ["/bin/program"]' 'CMD ["-x", "two words"]'; do
  grep -qxF -- "$line" Dockerfile || fail "no line $line in $(cat Dockerfile)"
done
grep -q /bin/check Dockerfile || fail "the Healthcheck's program"
"$PARE" stage -q --image oci:images/app --no-healthcheck --user nonroot --cmd other --set-env A=d --port 81 >Dockerfile
for line in 'ENV A="d"' 'USER 65532:65532' 'EXPOSE 81' 'CMD ["other"]'; do
  grep -qxF -- "$line" Dockerfile || fail "no line $line in $(cat Dockerfile)"
done
! grep -q check Dockerfile || fail "--no-healthcheck"
