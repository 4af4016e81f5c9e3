#!/usr/bin/python3
"""Makes images out of described layers: what no ordinary tool writes, and what every tool writes.

layers.py FOLDER PROGRAM NAME...: the named images as OCI layouts FOLDER/NAME (tag `t`), each with /bin/program, which it starts,
and above it the layers of the function of that name. Only Python's own modules; the tars are the same bytes each time."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile


class Layer:
    """A tar that is written entry by entry."""

    def __init__(self, format=tarfile.PAX_FORMAT, packed="gzip"):
        self.bytes = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.bytes, mode="w", format=format)
        self.packed = packed

    def add(self, name, kind=tarfile.REGTYPE, data=b"", mode=None, link="", uid=0, gid=0, mtime=1700000000, pax=None,
            major=0, minor=0):
        info = tarfile.TarInfo(name)
        info.type = kind
        info.size = len(data)
        info.mode = mode if mode is not None else 0o755 if kind == tarfile.DIRTYPE else 0o644
        info.linkname = link
        info.uid, info.gid, info.mtime = uid, gid, mtime
        info.devmajor, info.devminor = major, minor
        info.pax_headers = pax or {}
        self.tar.addfile(info, io.BytesIO(data))
        return self

    def folder(self, name, **more):
        return self.add(name, tarfile.DIRTYPE, **more)

    def file(self, name, data="x", **more):
        return self.add(name, data=data if isinstance(data, bytes) else data.encode(), **more)

    def link(self, name, target, **more):
        return self.add(name, tarfile.SYMTYPE, link=target, mode=0o777, **more)

    def hard(self, name, target, **more):
        return self.add(name, tarfile.LNKTYPE, link=target, **more)

    def raw(self, data):
        """Bytes of another tar program, in place of this one's."""
        self.tar = None
        self.bytes = io.BytesIO(data)
        return self

    def finish(self):
        if self.tar is not None:
            self.tar.close()
        return self.bytes.getvalue()


def pack(data, how):
    if how == "gzip":
        return gzip.compress(data, 6, mtime=0)
    if how == "members":  # a gzip member for each 64 KiB
        return b"".join(gzip.compress(data[at:at + 65536], 6, mtime=0) for at in range(0, len(data), 65536))
    if how == "zstd":
        return subprocess.run(["zstd", "-qc"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


TYPES = {"gzip": "+gzip", "members": "+gzip", "zstd": "+zstd", "none": ""}


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Layout:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(f"{folder}/blobs/sha256", exist_ok=True)
        with open(f"{folder}/oci-layout", "w") as file:
            file.write('{"imageLayoutVersion":"1.0.0"}')

    def blob(self, data, media_type):
        name = digest(data)
        with open(f"{self.folder}/blobs/sha256/{name[7:]}", "wb") as file:
            file.write(data)
        return {"mediaType": media_type, "digest": name, "size": len(data)}

    def manifest(self, packed, config=None, platform=("linux", "amd64"), **wrong):
        """`packed`: for each layer the bytes of the tar, and how they are packed. `wrong`: what is to be said falsely."""
        described, ids = [], []
        for data, how in packed:
            ids.append(digest(data))
            described.append(self.blob(pack(data, how), "application/vnd.oci.image.layer.v1.tar" + TYPES[how]))
        image = {"created": "2023-11-14T22:13:20Z", "os": platform[0], "architecture": platform[1],
                 "config": config or {}, "rootfs": {"type": "layers", "diff_ids": wrong.get("diff_ids", ids)}}
        described = wrong.get("layers", described)
        config = self.blob(json.dumps(image).encode(), "application/vnd.oci.image.config.v1+json")
        manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config,
                    "layers": described}
        return self.blob(json.dumps(manifest).encode(), manifest["mediaType"])

    def index(self, manifests):
        with open(f"{self.folder}/index.json", "w") as file:
            json.dump({"schemaVersion": 2, "manifests": manifests}, file)

    def image(self, packed, config=None, tag="t", **wrong):
        manifest = self.manifest(packed, config, **wrong)
        manifest["annotations"] = {"org.opencontainers.image.ref.name": tag}
        self.index([manifest])


def save(layout, path, tag="app:fat"):
    """The layout's one image as `docker save` of Docker 25 writes it: its blobs as they are, and a manifest.json."""
    def load(name):
        with open(f"{layout}/{name}", "rb") as file:
            return file.read()

    blob = lambda described: "blobs/sha256/" + described["digest"][7:]
    manifest = json.loads(load(blob(json.loads(load("index.json"))["manifests"][0])))
    layers = [blob(layer) for layer in manifest["layers"]]
    with tarfile.open(path, "w") as tar:
        def add(name, data):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))

        for name in dict.fromkeys([*layers, blob(manifest["config"])]):
            add(name, load(name))
        add("manifest.json", json.dumps([{"Config": blob(manifest["config"]), "RepoTags": [tag], "Layers": layers}]).encode())


# ---------------------------------------------------------------------------------------------------------------- images

def whiteouts():
    low = (Layer().folder("a").file("a/one").file("a/two").folder("a/deep").file("a/deep/x").folder("b").file("b/kept")
           .file("b/gone").folder("c").file("c/x").folder("d").file("d/old").file("e").folder("f").folder("f/g").file("f/g/h"))
    top = (Layer().file("a/.wh.one", "").file("a/.wh.deep", "").file("b/.wh.gone", "").file(".wh.c", "").file(".wh.e", "")
           .file("e", "new")  # removed and made again, in this order
           .file("d/new", "n").file(".wh.nothing", "").file("no/such/.wh.x", "").file("f/g/new").file("f/.wh.g", ""))
    return [low, top]


def opaque():
    low = Layer().folder("a").file("a/one").folder("a/sub").file("a/sub/x").folder("b").file("b/one").folder("c").file("c/x")
    top = (Layer().folder("a").file("a/before", "b").file("a/.wh..wh..opq", "").file("a/after", "a")
           .file("b/.wh..wh..opq", "").folder("c/new").file("c/new/y").file("c/.wh..wh..opq", ""))
    return [low, top, Layer().file("a/third")]


def hard_links():
    low = Layer().file("one", "1", mode=0o600).hard("two", "one").folder("d").hard("d/three", "./two")
    mid = Layer().hard("four", "one").file(".wh.two", "").link("soft", "one").hard("softer", "soft")
    top = Layer().file("one", "changed").hard("five", "/four")
    return [low, mid, top]


def replaced():
    low = Layer().file("a", "file").folder("b").file("b/x").file("b/y").link("c", "b").folder("d", mode=0o700).file("d/x")
    mid = Layer().folder("a", mode=0o711).file("a/in").file("b", "now a file").folder("c").file("c/z").folder("d", mode=0o1777, uid=7)
    top = (Layer().file("a", "file again").folder("b").link("c", "d").link("d/l", "x").file("d/l", "no link").link("e", "a")
           .file("e", "not through the link"))
    return [low, mid, top]


def doubles():
    return [Layer().file("x", "first").file("x", "second").folder("d", mode=0o700).folder("d/", mode=0o755).file("./d//f", "1")
            .file("d/./f", "2").link("l", "x").link("l", "d").file("Case", "upper").file("case", "lower")]


def parents():
    return [Layer().file("deep/er/and/deep/er/still", "x").file("/absolute", "a").file("./dot", "d").folder("./"),
            Layer().file("deep/er/more", "m")]


def through_links():
    low = Layer().folder("usr").folder("usr/lib").link("lib", "usr/lib").link("abs", "/usr").link("up", "../../usr").link("late", "made/later")
    return [low, Layer().file("lib/a", "in usr/lib").file("abs/b", "in usr").file("up/c", "clamped").file("late/d", "made")]


def names():
    long = "/".join(["long" * 20] * 10)
    return [Layer().file(long, "long").link("to-long", long).hard("hard-long", long).file("ünï", "u").file("new\nline", "n").file("bell\a", "b")
            .file("blank at end ", "b").file("back\\slash", "b"),
            Layer(format=tarfile.GNU_FORMAT).file("gnu/" + "n" * 200, "g").link("gnu-link", "t" * 150).file("f" * 99, "1").file("f" * 100, "2")
            .file("f" * 101, "3"),
            Layer(format=tarfile.USTAR_FORMAT).file("p" * 120 + "/" + "u" * 100, "prefix")]


def kinds():
    return [Layer().add("null", tarfile.CHRTYPE, mode=0o666, major=1, minor=3).add("disk", tarfile.BLKTYPE, mode=0o660, major=8, minor=1)
            .add("pipe", tarfile.FIFOTYPE, mode=0o600).file("suid", "s", mode=0o4755).folder("tmp", mode=0o1777).file("owned", "o", uid=1000, gid=2000)
            .file("big-id", "o", uid=3000000000, gid=2500000).file("none", "", mode=0).file("time", "t", mtime=1600000000.25).file("old", "t", mtime=-5)
            .file("attributes", "a", pax={"SCHILY.xattr.user.one": "1", "SCHILY.xattr.user.two": "x y=z"})
            .folder("with", pax={"SCHILY.xattr.user.folder": "f"}),
            Layer().file("attributes", "b", pax={"SCHILY.xattr.user.three": "3"}).folder("with", mode=0o711)]


def gnu_tar(*options):
    """GNU tar's own bytes of a folder with a file of holes."""
    work = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"layers-{os.getpid()}")
    os.makedirs(f"{work}/s")
    with open(f"{work}/s/holes", "wb") as file:
        for at in (0, 3 << 20, 5 << 20):
            file.seek(at)
            file.write(b"data at " + str(at).encode())
        file.truncate(9 << 20)
    with open(f"{work}/s/all-hole", "wb") as file:
        file.truncate(1 << 20)
    with open(f"{work}/s/many", "wb") as file:
        for i in range(60):
            file.seek(i << 14)
            file.write(b"%d" % i)
    with open(f"{work}/s/plain", "wb") as file:
        file.write(b"p" * 5000)
    done = subprocess.run(["tar", "-C", work, "--sort=name", "--mtime=@1700000000", "--owner=0", "--group=0", "--mode=go-w,u+rw", "-cS", *options, "s"],
                          stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["rm", "-r", work], check=True)
    return done


def sparse():
    return [Layer().raw(gnu_tar("--format=posix", "--sparse-version=1.0")), Layer().folder("after").hard("after/link", "s/holes")]


def sparse_old():  # umoci 0.4.7 does not read these
    return [Layer().raw(gnu_tar("--format=gnu")), Layer().raw(gnu_tar("--format=posix", "--sparse-version=0.0")),
            Layer().raw(gnu_tar("--format=posix", "--sparse-version=0.1"))]


def packings():
    big = bytes(range(256)) * 4000
    return [Layer(packed="gzip").file("gzip", big), Layer(packed="members").file("members", big[::-1]), Layer(packed="none").file("none", big),
            Layer().folder("empty-layer-follows"), Layer(packed="none")]


def zstd():
    return [Layer(packed="zstd").file("zstd", bytes(range(256)) * 4000), Layer(packed="zstd").folder("d").file("d/x")]


# --------------------------------------------------------------------------------------------------------------- hostile
# Functions of a layout and of the bytes of a first layer that is in order, named by what is wrong.

def one_layer(layer):
    return lambda layout, base, config: layout.image([(base, "gzip"), (layer().finish(), "gzip")], config)


def sparse_claim():
    name = "GNUSparseFile.0/x"
    return Layer().file(name, (b"1\n%d\n0\n" % (10 << 40)).ljust(512, b"\0"),
                        pax={"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "x",
                             "GNU.sparse.realsize": str(10 << 40)})


def bomb(layout, base, config, lie=False):
    packed = bytearray(gzip.compress(bytes(1 << 30), 1, mtime=0))
    if lie:
        packed[-4:] = b"\0\1\0\0"
    zeros = hashlib.sha256(bytes(1 << 30)).hexdigest()
    layout.image([(base, "gzip"), (b"", "none")], config, diff_ids=[digest(base), "sha256:" + zeros],
                 layers=[layout.blob(pack(base, "gzip"), "application/vnd.oci.image.layer.v1.tar+gzip"),
                         layout.blob(bytes(packed), "application/vnd.oci.image.layer.v1.tar+gzip")])


def a_million_entries(layout, base, config):
    header = Layer().file("x", "").finish()[:512]
    layout.image([(base, "gzip"), (header * 1_000_001 + bytes(1024), "none")], config)


def rewritten(change):
    """The layout's blobs are in order; then `change` makes one of the JSON files say something else."""
    def make(layout, base, config):
        manifest = layout.manifest([(base, "gzip")], config)
        path = f"{layout.folder}/blobs/sha256/{manifest['digest'][7:]}"
        with open(path) as file:
            text = json.load(file)
        change(layout, text)
        manifest = layout.blob(json.dumps(text).encode(), manifest["mediaType"])
        manifest["annotations"] = {"org.opencontainers.image.ref.name": "t"}
        layout.index([manifest])
    return make


def layer_blob(layout, manifest):
    return f"{layout.folder}/blobs/sha256/{manifest['layers'][0]['digest'][7:]}"


def other_bytes(layout, manifest):
    with open(layer_blob(layout, manifest), "r+b") as file:
        file.seek(40)
        file.write(b"wrong")


def cut_short(layout, manifest):
    os.truncate(layer_blob(layout, manifest), 100)


def no_blob(layout, manifest):
    os.unlink(layer_blob(layout, manifest))


def wrong_size(layout, manifest):
    manifest["layers"][0]["size"] += 1


def slashes_in_digest(layout, manifest):
    manifest["layers"][0]["digest"] = "sha256:../../../../../../etc/passwd"


def too_few_layers(layout, manifest):
    manifest["layers"] = []


def wrong_diff_id(layout, base, config):
    layout.image([(base, "gzip")], config, diff_ids=[digest(b"other")])


def deep_json(layout, base, config):
    blob = layout.blob(b"[" * 10000 + b"]" * 10000, "application/vnd.oci.image.manifest.v1+json")
    layout.index([blob | {"annotations": {"org.opencontainers.image.ref.name": "t"}}])


def deep_index(layout, base, config):
    blob = layout.manifest([(base, "gzip")], config)
    for _ in range(20):
        text = json.dumps({"schemaVersion": 2, "manifests": [blob]}).encode()
        blob = layout.blob(text, "application/vnd.oci.image.index.v1+json")
    layout.index([blob])


REFUSED = {
    "a-name-that-leads-out": one_layer(lambda: Layer().file("../../x")),
    "a-name-that-leads-out-in-the-middle": one_layer(lambda: Layer().file("a/../../x")),
    "a-hard-link-that-leads-out": one_layer(lambda: Layer().hard("x", "../../../etc/passwd")),
    "a-hard-link-to-nothing": one_layer(lambda: Layer().hard("x", "not/there")),
    "a-hard-link-to-itself": one_layer(lambda: Layer().file("x").hard("x", "x")),
    "a-hard-link-to-a-folder": one_layer(lambda: Layer().folder("d").hard("x", "d")),
    "a-file-in-place-of-the-root": one_layer(lambda: Layer().file("./")),
    "a-link-in-place-of-the-root": one_layer(lambda: Layer().link(".", "/etc")),
    "a-whiteout-of-the-folder-itself": one_layer(lambda: Layer().file(".wh..")),
    "a-whiteout-of-the-folder-above": one_layer(lambda: Layer().file("bin/.wh...")),
    "a-cycle-of-links-as-folder": one_layer(lambda: Layer().link("a", "b").link("b", "a").file("a/x")),
    "a-file-below-a-file": one_layer(lambda: Layer().file("a").file("a/x")),
    "a-name-too-long": one_layer(lambda: Layer().file("n" * 300)),
    "a-path-too-long": one_layer(lambda: Layer().file("d/" * 2100 + "x")),
    "a-sparse-file-of-ten-terabytes": one_layer(sparse_claim),
    "no-tar-at-all": one_layer(lambda: Layer().raw(b"this is no tar" * 100)),
    "a-tar-cut-short": one_layer(lambda: Layer().raw(Layer().file("x", b"y" * 5000).finish()[:2000])),
    "a-million-entries": a_million_entries,
    "other-bytes": rewritten(other_bytes),
    "a-blob-cut-short": rewritten(cut_short),
    "no-blob": rewritten(no_blob),
    "a-wrong-size": rewritten(wrong_size),
    "slashes-in-a-digest": rewritten(slashes_in_digest),
    "too-few-layers": rewritten(too_few_layers),
    "a-wrong-diff-id": wrong_diff_id,
    "json-ten-thousand-deep": deep_json,
    "indexes-twenty-deep": deep_index,
}
BOMBS = {"a-gzip-bomb": bomb, "a-gzip-bomb-that-lies": lambda *all: bomb(*all, lie=True)}

HARMLESS = {
    "names-that-differ-in-case": one_layer(lambda: Layer().file("a", "1").file("A", "2")),
    "control-characters": one_layer(lambda: Layer().file("a\x1b[31m\n", "1").link("b\a", "c\a")),
    "device-nodes": one_layer(lambda: Layer().add("sda", tarfile.BLKTYPE, major=8).add("mem", tarfile.CHRTYPE, major=1, minor=1)),
    "links-that-lead-out": one_layer(lambda: Layer().link("a", "../../../etc/passwd").link("b", "/etc/shadow").link("c", "c").link("d", "..")),
    "absolute-names": one_layer(lambda: Layer().file("/etc/made-here", "1").file("//x//y", "2")),
}


def main():
    if sys.argv[1] in ("refused", "bombs", "harmless"):
        group, out, program = sys.argv[1:]
        for name, make in globals()[group.upper()].items():
            with open(program, "rb") as file:
                base = Layer().folder("bin").file("bin/program", file.read(), mode=0o755).finish()
            make(Layout(f"{out}/{name}"), base, {"Entrypoint": ["/bin/program"]})
        return
    out, program, *wanted = sys.argv[1:]
    for name in wanted:
        with open(program, "rb") as file:
            layers = [Layer().folder("bin").file("bin/program", file.read(), mode=0o755), *globals()[name]()]
        Layout(f"{out}/{name}").image([(layer.finish(), layer.packed) for layer in layers], {"Entrypoint": ["/bin/program"]})


if __name__ == "__main__":
    main()
