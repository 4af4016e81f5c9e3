#!/bin/bash
# As the config's user, in its WorkingDir, with its home; by podman, from each form that is written.
set -euo pipefail
. "$(dirname "$0")/../containers/workshop"

pack() { # NAME CONFIG: $builder, and the folder `top` over it, as a layout
  tar -C "$builder" --sort=name --numeric-owner -cf base.tar .
  tar -C top --sort=name --owner=0 --group=0 -cf top.tar .
  python3 - "$(dirname "$0")" "$1" "$2" <<'EOF'
import json
import sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from layers import Layout
Layout(sys.argv[2]).image([(open("base.tar", "rb").read(), "gzip"), (open("top.tar", "rb").read(), "gzip")], json.loads(sys.argv[3]))
EOF
}

mkdir -p top/app top/etc top/work
cat >top/app/main.py <<'EOF'
import json, os, pwd
print(json.dumps([os.getuid(), os.getcwd(), os.environ["HOME"], pwd.getpwuid(os.getuid()).pw_name, os.environ["GREETING"]]))
open(os.path.join(os.environ["HOME"], "written"), "w").close()
EOF
cat >top/entry.sh <<'EOF'
#!/bin/sh
set -e
exec "$@"
EOF
chmod 755 top/entry.sh
{ cat "$builder/etc/passwd"; echo 'worker:x:1234:100::/home/worker:/bin/sh'; } >top/etc/passwd
install -d -m 755 top/home/worker
pack fat '{"Entrypoint": ["/entry.sh"], "Cmd": ["python3", "/app/main.py"], "Env": ["PATH=/usr/bin:/bin", "GREETING=hello"],
  "WorkingDir": "/work", "User": "worker"}'

options=(--image oci:fat:t --hints none --include /usr/lib/python3.11 --mkdir /home/worker:700:1234:100)
"$PARE" image -q "${options[@]}" -o oci:slim:t
"$PARE" image -q "${options[@]}" -o docker-archive:slim.tar:slim:t --layers libs,app
"$PARE" image -q "${options[@]}" -o oci-archive:slim-oci.tar:t --compression zstd
skopeo copy -q oci:fat:t containers-storage:localhost/fat:t
clients_work fat:t
for image in oci:slim:t docker-archive:slim.tar oci-archive:slim-oci.tar:t; do
  skopeo copy -q "$image" containers-storage:localhost/slim:t
  expect '[1234, "/work", "/home/worker", "worker", "hello"]' podman run --rm localhost/slim:t
done
fat=$(du -sb fat | cut -f1) slim=$(du -sb slim | cut -f1)
[ "$slim" -lt $((fat / 3)) ] || { echo "not slim: $slim of $fat"; exit 1; }

# Its Healthcheck's program comes along; a volume's folder is there.
rm -rf top fat
mkdir -p top/data
pack fat '{"Cmd": ["redis-server", "--port", "0", "--unixsocket", "/data/socket", "--save", ""], "Env": ["PATH=/usr/bin:/bin"],
  "WorkingDir": "/data", "Volumes": {"/data": {}}, "Healthcheck": {"Test": ["CMD", "redis-cli", "-s", "/data/socket", "PING"]}}'
"$PARE" image -q --image oci:fat --hints none -o docker-archive:redis.tar:redis:slim
podman load -q -i redis.tar >/dev/null
id=$(podman run -d localhost/redis:slim)
for _ in $(seq 50); do
  podman exec "$id" redis-cli -s /data/socket PING >/dev/null 2>&1 && break
  sleep 0.1
done
expect PONG podman exec "$id" redis-cli -s /data/socket PING
podman rm -f -t 1 "$id" >/dev/null
