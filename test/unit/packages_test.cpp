#include "packages/packages.hpp"

#include "base/bytes.hpp"
#include "command.hpp"
#include "formats/sqlite_table.hpp"
#include "packages/database.hpp"
#include "root/directory.hpp"
#include "rpm_builder.hpp"
#include "small_root.hpp"

#include <pare/error.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

using namespace pare;
using test::at;

TEST_SUITE_BEGIN("packages");

namespace {

struct Read {
  std::unique_ptr<Packages> packages;
  std::vector<std::string> warnings; ///< "PATH: MESSAGE"

  explicit Read(const Root& root) {
    std::vector<Warning> found;
    packages = read_packages(root, found);
    for (const Warning& warning : found) {
      warnings.push_back(warning.path + ": " + warning.message);
    }
  }

  std::string owner(const std::string& path) const {
    const std::optional<PackageId> id = packages->owner(at(path));
    return id ? packages->label(*id) : "nobody";
  }

  /// "NAME VERSION ARCHITECTURE SOURCE SOURCE-VERSION <- DEPENDS"
  std::string line(PackageId id) const {
    const Package& p = packages->all().at(id);
    std::vector<std::string> depends;
    for (const PackageId on : p.depends) {
      depends.push_back(packages->label(on));
    }
    return fmt::format("{} {} {} {} {} <- {}",
                       p.name,
                       p.version,
                       p.architecture,
                       p.source,
                       p.source_version,
                       fmt::join(depends, " "));
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (PackageId id = 0; id < packages->all().size(); ++id) {
      all.push_back(line(id));
    }
    return all;
  }
  std::vector<std::string> files(std::string_view name) const {
    std::vector<std::string> paths;
    for (const RootPath& path : packages->files_of(packages->find(name).at(0))) {
      paths.push_back(path.text());
    }
    return paths;
  }
};

using Lines = std::vector<std::string>;

const std::string dpkg = "/var/lib/dpkg/";

void put(MemoryRoot& root, const std::string& path, const std::string& text) {
  root.add_file(at(path), text);
}

MemoryRoot debian() {
  MemoryRoot root;
  for (const char* folder : {"/usr/lib", "/usr/bin", "/usr/sbin"}) {
    root.add_folder(at(folder));
  }
  root.add_link(at("/lib"), "usr/lib");
  root.add_link(at("/bin"), "usr/bin");
  put(root,
      dpkg + "status",
      "Package: libc6\n"
      "Essential: no\n"
      "Status: install ok installed\n"
      "Priority: optional\n"
      "Section: libs\n"
      "Architecture: amd64\n"
      "Multi-Arch: same\n"
      "Source: glibc (2.36-9)\n"
      "Version: 2.36-9+deb12u9\n"
      "Maintainer: GNU Libc <x@example.org>\n"
      "Description: library\n"
      " Package: not-a-field\n"
      " .\n"
      "\n"
      "Package: libc6\n"
      "Status: install ok installed\n"
      "Architecture: i386\n"
      "Multi-Arch: same\n"
      "Source: glibc (2.36-9)\n"
      "Version: 2.36-9+deb12u9\n"
      "\n"
      "Package: dash\n"
      "Essential: yes\n"
      "Status: install ok installed\n"
      "Architecture: amd64\n"
      "Version: 0.5\n"
      "Pre-Depends: libc6 (>= 2.36),\n"
      " debianutils (>= 2) | mail-agent | none,\n"
      "Depends: libc6:any, absent, dash\n"
      "\n"
      "Package: exim\n"
      "Status: deinstall ok config-files\n"
      "Architecture: amd64\n"
      "Version: 1\n"
      "\n\n"
      "Package: postfix\n"
      "Status: install ok half-configured\n"
      "Architecture: all\n"
      "Provides: mail-agent (= 1), smtp\n"
      "Version: 3\n");
  put(root,
      dpkg + "info/libc6:amd64.list",
      "/.\n/lib\n/lib/x86_64\n/lib/x86_64/libc.so.6\n/usr\n/usr/share/doc/libc6\n");
  put(root, dpkg + "info/libc6:i386.list", "/.\n/lib\n/lib/i386/libc.so.6\n/usr/share/doc/libc6\n");
  put(root, dpkg + "info/dash.list", "/.\n/lib\n/bin\n/bin/dash\n/bin/sh\n/usr/a\n/usr/b\n");
  put(root, dpkg + "info/exim.list", "/etc/exim.conf\n");
  put(root,
      dpkg + "info/postfix.list",
      "/usr/sbin/postfix\n/usr/../etc/x\n//y\nz\n/usr/a/\n/usr/b\n/w\n");
  put(root,
      dpkg + "diversions",
      "/usr/b\n/usr/b.distrib\npostfix\n/usr/a\n/usr/a.moved\n:\nrest\n");
  return root;
}

} // namespace

TEST_CASE("dpkg: packages with their sources, and the dependencies that are installed") {
  const Read read(debian());
  CHECK(read.lines() == Lines{
                            "dash 0.5 amd64 dash 0.5 <- libc6:amd64 postfix",
                            "libc6 2.36-9+deb12u9 amd64 glibc 2.36-9 <- ",
                            "libc6 2.36-9+deb12u9 i386 glibc 2.36-9 <- ",
                            "postfix 3 all postfix 3 <- ",
                        });
  const Package& libc = read.packages->all()[1];
  CHECK(libc.section == "libs");
  CHECK(libc.priority == "optional");
  CHECK(libc.maintainer == "GNU Libc <x@example.org>");
  CHECK_FALSE(libc.essential);
  CHECK(libc.record.starts_with("Package: libc6\nEssential"));
  CHECK(libc.record.ends_with("field\n ."));
  CHECK(read.packages->all()[0].essential);
  CHECK(read.packages->find("libc6") == std::vector<PackageId>{1, 2});
  CHECK(read.packages->find("libc6:i386") == std::vector<PackageId>{2});
  CHECK(read.packages->find("exim").empty());
  CHECK(read.warnings == Lines{});
}

TEST_CASE("dpkg: a file's owner, by its real path") {
  const Read read(debian());
  CHECK(read.owner("/usr/lib/x86_64/libc.so.6") == "libc6:amd64");
  CHECK(read.owner("/usr/lib/i386/libc.so.6") == "libc6:i386");
  CHECK(read.owner("/usr/bin/dash") == "dash");
  CHECK(read.owner("/usr/sbin/postfix") == "postfix");
  CHECK(read.owner("/usr/bin/awk") == "nobody");   // an alternative
  CHECK(read.owner("/etc/exim.conf") == "nobody"); // its package is gone
  CHECK(read.owner("/lib") == "nobody");           // several list it as a folder
  CHECK(read.owner("/bin") == "dash");
  CHECK(read.owner("/usr/share/doc/libc6") == "libc6:amd64"); // the first
}

TEST_CASE("dpkg: what was diverted is another's at its old place") {
  const Read read(debian());
  CHECK(read.owner("/usr/b") == "postfix"); // that diverted it
  CHECK(read.owner("/usr/b.distrib") == "dash");
  CHECK(read.owner("/usr/a") == "nobody"); // the administrator's
  CHECK(read.owner("/usr/a.moved") == "dash");
  CHECK(read.files("dash") ==
        Lines{"/lib", "/bin", "/bin/dash", "/bin/sh", "/usr/a.moved", "/usr/b.distrib"});
}

TEST_CASE("dpkg: a list's lines that are no paths are passed over") {
  CHECK(Read(debian()).files("postfix") == Lines{"/usr/sbin/postfix", "/usr/b", "/w"});
}

TEST_CASE("dpkg: a package without its list is said, once for all") {
  MemoryRoot root;
  put(root,
      dpkg + "status",
      "Package: a\nStatus: install ok installed\n\nPackage: b\nStatus: install ok installed\n");
  CHECK(Read(root).warnings ==
        Lines{"/var/lib/dpkg/info: package database: no list of files of 2 packages (a, ...)"});
  put(root, dpkg + "info/b.list", "/.\n");
  CHECK(Read(root).warnings ==
        Lines{"/var/lib/dpkg/info: package database: no list of files of 1 package (a)"});
}

TEST_CASE("distroless: a file a package, and the sums of its files") {
  MemoryRoot root;
  put(root, dpkg + "status.d/libssl3", "Package: libssl3\nVersion: 3\nArchitecture: amd64\n\n");
  put(root,
      dpkg + "status.d/libssl3.md5sums",
      "0123456789abcdef0123456789abcdef  usr/lib/libssl.so.3\n"
      "0123456789abcdef0123456789abcdef  ./usr/lib/a b\n"
      "0123456789abcdef0123456789abcdef  /usr/lib/c\n"
      "short\n");
  put(root, dpkg + "status.d/base", "Package: base-files\nVersion: 12\n");
  put(root, dpkg + "status.d/empty", "");
  const Read read(root);
  CHECK(read.lines() == Lines{"base-files 12  base-files 12 <- ", "libssl3 3 amd64 libssl3 3 <- "});
  CHECK(read.files("libssl3") == Lines{"/usr/lib/libssl.so.3", "/usr/lib/a b", "/usr/lib/c"});
  CHECK(read.owner("/usr/lib/libssl.so.3") == "libssl3");
  CHECK(read.warnings == Lines{});
}

TEST_CASE("apk: folders, files, what is provided and needed") {
  const std::string installed = "C:Q1abc=\n"
                                "P:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\nm:A <a@b>\n"
                                "p:so:libc.musl-x86_64.so.1=1 \n"
                                "F:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1x=\n"
                                "R:libc.musl-x86_64.so.1\n"
                                "\n"
                                "P:busybox-binsh\nV:1.36\nA:x86_64\no:busybox\n"
                                "D:busybox=1.36 !other so:libc.musl-x86_64.so.1 absent>1\n"
                                "p:/bin/sh cmd:sh=1.36\n"
                                "F:bin\nR:sh\nF:\nR:top\nF:../x\nR:y\n"
                                "\n"
                                "P:busybox\nV:1.36\nA:x86_64\nD:/bin/sh\nF:bin\nR:busybox\n\n";
  for (const std::string place : {"/lib/apk/db/installed", "/usr/lib/apk/db/installed"}) {
    MemoryRoot root;
    put(root, place, installed);
    const Read read(root);
    CHECK(read.lines() == Lines{
                              "busybox 1.36 x86_64 busybox 1.36 <- busybox-binsh",
                              "busybox-binsh 1.36 x86_64 busybox 1.36 <- busybox musl",
                              "musl 1.2.4-r2 x86_64 musl 1.2.4-r2 <- ",
                          });
    CHECK(read.files("busybox-binsh") == Lines{"/bin", "/bin/sh", "/top"});
    CHECK(read.owner("/lib/ld-musl-x86_64.so.1") == "musl");
    CHECK(read.packages->all()[2].license == "MIT");
    CHECK(read.warnings == Lines{});
  }
}

TEST_CASE("rpm: a header of the database") {
  MemoryRoot root;
  put(root,
      "/var/lib/rpm/rpmdb.sqlite",
      test::build_rpm_database(
          {test::build_rpm_header({
               .name = "bash",
               .version = "5.1.8",
               .release = "9.el9",
               .architecture = "x86_64",
               .source_rpm = "bash-5.1.8-9.el9.src.rpm",
               .epoch = 2,
               .provides = {"bash", "/bin/sh"},
               .requires_ = {"libc.so.6(GLIBC_2.34)(64bit)", "/usr/bin/tool", "rpmlib(X)"},
               .folders = {"/usr/bin/", "/usr/share/doc/"},
               .files = {{0, "bash"}, {0, "sh"}, {1, "bash"}, {7, "x"}},
               .states = {0, 0, 1, 0},
           }),
           test::build_rpm_header({.name = "gpg-pubkey", .version = "1", .release = "2"}),
           test::build_rpm_header({
               .name = "glibc",
               .version = "2.34",
               .release = "1",
               .architecture = "x86_64",
               .source_rpm = "glibc-2.34-1.src.rpm",
               .provides = {"libc.so.6(GLIBC_2.34)(64bit)"},
               .folders = {"/usr/lib64/", "/usr/bin/"},
               .files = {{0, "libc.so.6"}, {1, "tool"}},
           }),
           test::build_rpm_header({.name = "glibc",
                                   .version = "2.34",
                                   .release = "1",
                                   .architecture = "i686",
                                   .folders = {"/usr/lib/"},
                                   .files = {{0, "libc.so.6"}}})}));
  const Read read(root);
  CHECK(read.lines() == Lines{
                            "bash 2:5.1.8-9.el9 x86_64 bash 5.1.8-9.el9 <- glibc.x86_64",
                            "glibc 2.34-1 i686 glibc 2.34-1 <- ",
                            "glibc 2.34-1 x86_64 glibc 2.34-1 <- ",
                        });
  CHECK(read.files("bash") == Lines{"/usr/bin/bash", "/usr/bin/sh"});
  CHECK(read.owner("/usr/lib/libc.so.6") == "glibc.i686");
  CHECK(read.owner("/usr/share/doc/bash") == "nobody"); // left out at installation
  CHECK(read.warnings == Lines{});
}

TEST_CASE("rpm: many headers, and long ones, are spread over pages") {
  std::vector<std::string> headers;
  for (int i = 0; i < 300; ++i) {
    test::RpmSpec spec = {.name = fmt::format("p{:03}", i), .version = "1", .release = "1"};
    spec.folders = {"/usr/share/"};
    for (int n = 0; n < i; ++n) {
      spec.files.push_back({0, fmt::format("p{:03}-{}", i, n)});
    }
    headers.push_back(test::build_rpm_header(spec));
  }
  MemoryRoot root;
  put(root, "/usr/lib/sysimage/rpm/rpmdb.sqlite", test::build_rpm_database(headers));
  const Read read(root);
  CHECK(read.packages->all().size() == 300);
  CHECK(read.files("p299").size() == 299);
  CHECK(read.owner("/usr/share/p299-298") == "p299");
  CHECK(read.warnings == Lines{});
}

TEST_CASE("rpm: forms that are not read are said") {
  MemoryRoot root;
  put(root, "/var/lib/rpm/Packages", "x");
  const Read read(root);
  CHECK(read.packages == nullptr);
  CHECK(read.warnings == Lines{"/var/lib/rpm/Packages: package database: the Berkeley DB form of "
                               "rpm's is not read; packages are not known"});
}

TEST_CASE("rpm: a damaged database is a warning, and what is whole of it is read") {
  const std::string good = test::build_rpm_header({.name = "a", .version = "1", .release = "1"});
  const std::string bytes = test::build_rpm_database({good, "damaged header", good.substr(0, 30)});
  MemoryRoot root;
  const auto read_with = [&](const std::string& file) {
    put(root, "/var/lib/rpm/rpmdb.sqlite", file);
    return Read(root);
  };
  const std::string said = "/var/lib/rpm/rpmdb.sqlite: package database: ";
  {
    const Read read = read_with(bytes);
    CHECK(read.lines() == Lines{"a 1-1  a 1-1 <- "});
    CHECK(read.warnings == Lines{said + "the tables of an rpm header lie outside of it"});
  }
  CHECK(read_with("").warnings == Lines{said + "is no SQLite database"});
  CHECK(read_with(bytes.substr(0, 4096)).warnings ==
        Lines{said + "SQLite: page 2 lies outside of the file"});
  std::string poked = bytes;
  poked[4096] = 0x02; // the table's root becomes a page of an index
  CHECK(read_with(poked).warnings == Lines{said + "SQLite: page 2 is no page of a table"});
  for (std::size_t size = 0; size < bytes.size(); size += 97) { // never more than a warning
    CHECK(read_with(bytes.substr(0, size)).warnings.size() == 1);
  }
}

TEST_CASE("a root without a database has no packages") {
  const Read read{MemoryRoot()};
  CHECK(read.packages == nullptr);
  CHECK(read.warnings == Lines{});
}

TEST_CASE("a database that cannot be read is a warning") {
  MemoryRoot root;
  root.add_link(at(dpkg + "status"), "status");
  const Read read(root);
  CHECK(read.packages == nullptr);
  CHECK(read.warnings == Lines{"/var/lib/dpkg/status: package database: too many levels of "
                               "symbolic links"});
}

TEST_CASE("this machine's packages are those that dpkg-query names") {
  const test::Output judged =
      test::run({"/usr/bin/dpkg-query",
                 "-W",
                 "-f",
                 "${db:Status-Status} ${Package} ${Version} ${Architecture} "
                 "${source:Package} ${source:Version}\n"});
  if (judged.code != 0) {
    MESSAGE("no dpkg-query to compare with");
    return;
  }
  Lines expected;
  std::istringstream text(judged.text);
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("installed ")) {
      expected.push_back(line.substr(10));
    }
  }
  std::ranges::sort(expected);
  const std::unique_ptr<Root> root = open_directory("/");
  const Read read(*root);
  REQUIRE(read.packages != nullptr);
  Lines ours;
  for (const Package& p : read.packages->all()) {
    ours.push_back(fmt::format(
        "{} {} {} {} {}", p.name, p.version, p.architecture, p.source, p.source_version));
  }
  std::ranges::sort(ours);
  CHECK(ours == expected);

  const test::Output list = test::run({"/usr/bin/dpkg-query", "-L", "dpkg"});
  Lines paths;
  std::istringstream listed(list.text);
  for (std::string line; std::getline(listed, line);) {
    if (line != "/.") {
      paths.push_back(line);
    }
  }
  CHECK(read.files("dpkg") == paths);
  CHECK(read.owner("/usr/bin/dpkg-query") == "dpkg");
}

TEST_SUITE_END();
