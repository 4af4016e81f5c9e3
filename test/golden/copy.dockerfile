COPY --from=build /usr/bin/x /bin/
COPY --from=build /usr/lib64/ld-linux-x86-64.so.2 /lib64/
COPY --from=build [\
    "/usr/lib/lib b\\$.so", \
    "/usr/lib/liba.so.1", \
    "/lib/"]
COPY --from=build /etc/x.conf /app/conf
COPY --from=build /srv/data/ /srv/data/
COPY --from=build /var/empty/ /var/empty/
