#!/bin/bash
. "$(dirname "$0")/setup"
cat >server.py <<'E2'
import http.server, sys
class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
http.server.HTTPServer(("127.0.0.1", 80), Handler).serve_forever()
E2
script=$PWD/server.py
"$PARE" verify --include "$script" --hints none --repair --ready port:80 --probe http://localhost/ /usr/bin/python3 -- /usr/bin/python3 "$script" >settings 2>said || { cat said; exit 1; }
grep -q '^pare: passed$' said
grep -q 'http/server.py' settings
