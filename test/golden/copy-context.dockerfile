# 1 program, 368 B: the program itself
COPY usr/bin/x /bin/
# 1 interpreter, 344 B: needed by /usr/bin/x
COPY usr/lib64/ld-linux-x86-64.so.2 /lib64/
# 2 libraries, 512 B: needed by /usr/bin/x
COPY [\
    "usr/lib/lib b\\$.so", \
    "usr/lib/liba.so.1", \
    "/lib/"]
# 1 data file, 4 B: asked for by --include
COPY etc/x.conf /app/conf
# 1 folder: asked for by --include
COPY srv/data/ /srv/data/
# 1 folder: asked for by --include
COPY var/empty/ /var/empty/
