# /usr/bin/x and all it needs: 5 files, 6.3 MiB
# The base brings the C library.
FROM gcr.io/distroless/base-debian12
COPY --from=build /usr/bin/x /usr/bin/
WORKDIR "/tmp"
ENV A="b \"c\" \$d \\e"
LABEL "org.example.title"="x"
EXPOSE 8080/tcp
WORKDIR "/srv"
USER 65532:65532
STOPSIGNAL SIGQUIT
ENTRYPOINT ["/usr/bin/x", "a \"b\"\n"]
CMD ["--help"]
