#!/bin/sh
# Entrypoint and Cmd, by its PATH and WorkingDir, wrappers and entry scripts seen through; --env over its Env.
. "$(dirname "$0")/setup"
cd "$T"
python3 - "$here" "$T/program" <<'EOF'
import sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from layers import Layer, Layout
program = open(sys.argv[2], "rb").read()
layer = Layer().folder("bin").folder("opt/bin").folder("opt/other").folder("work")
for name in ("bin/sh", "bin/tini", "opt/bin/app", "opt/other/app", "bin/curl", "work/local", "bin/gosu"):
    layer.file(name, program, mode=0o755)
layer.file("entry.sh", '#!/bin/sh\nset -e\n[ -n "$1" ] || set -- app\nexec gosu nobody "$@"\n', mode=0o755)
layer.file("work/app.conf")
tar = layer.finish()
configs = {
    "bare": {"Cmd": ["app", "-c", "app.conf"]},
    "wrapped": {"Entrypoint": ["tini", "--"], "Cmd": ["app"]},
    "shell": {"Cmd": ["/bin/sh", "-c", "exec app $FLAGS >/dev/null"]},
    "script": {"Entrypoint": ["/entry.sh"], "Cmd": ["app"]},
    "relative": {"Entrypoint": ["./local"]},
    "health": {"Cmd": ["app"], "Healthcheck": {"Test": ["CMD-SHELL", "curl -f x || exit 1"]}},
    "nothing": {},
    "absent": {"Cmd": ["not-there"]},
}
for name, config in configs.items():
    Layout(f"images/{name}").image([(tar, "gzip")], {"Env": ["PATH=/opt/bin:/bin"], "WorkingDir": "/work"} | config)
EOF
has() { # IMAGE PATH... : these files and no others
  image=$1
  shift
  "$PARE" tree --image "oci:images/$image" --hints none --json -o report || fail "$image: exit $?"
  python3 -c "
import json
report = json.load(open('report'))
got = sorted(file['path'] for file in report['files'] if file['kind'] not in ('directory', 'symlink'))
expected = sorted('''$*'''.split())
assert got == expected, ('$image', got, expected)" || exit 1
}
has bare /opt/bin/app /work/app.conf
has wrapped /bin/tini /opt/bin/app
has shell /bin/sh /opt/bin/app
has script /bin/gosu /bin/sh /entry.sh /opt/bin/app
has relative /work/local
has health /opt/bin/app
"$PARE" tree --image oci:images/bare --env PATH=/opt/other --format paths | grep -qx /opt/other/app || fail "--env is not over the Env"
"$PARE" tree --image oci:images/bare --format paths curl | grep -qx /bin/curl || fail "a program that is named"
"$PARE" tree --image oci:images/bare --format paths local >/dev/null 2>&1 && fail "a bare name is looked up in PATH"
"$PARE" tree --image oci:images/bare --format paths ./local | grep -qx /work/local || fail "a path starts at the WorkingDir"
"$PARE" rootfs -q --image oci:images/health -o with
[ -e with/bin/curl ] || fail "the Healthcheck's command is no program"
"$PARE" rootfs -q --image oci:images/health --no-healthcheck -o without
[ ! -e without/bin/curl ] || fail "--no-healthcheck"
expect_status 3 "$PARE" tree --image oci:images/nothing
said_one_line_about "name a program"
expect_status 3 "$PARE" tree --image oci:images/absent
said_one_line_about "not-there"
