#include "finders/modules/java.hpp"
#include "requests_text.hpp"
#include "zip_builder.hpp"

#include <doctest/doctest.h>

namespace pare {
namespace {

using test::at;

void put_big(std::string& out, std::uint64_t value, unsigned width) {
  while (width-- > 0) {
    out += static_cast<char>(value >> 8 * width & 0xff);
  }
}

/// A class file as far as its constants go: names, and texts of the source.
std::string build_class(const std::vector<std::string>& names,
                        const std::vector<std::string>& strings = {}) {
  std::string out = "\xca\xfe\xba\xbe";
  put_big(out, 61, 4);
  put_big(out, 1 + names.size() + 2 * strings.size() + 2, 2);
  for (const std::string& name : names) {
    out += '\1';
    put_big(out, name.size(), 2);
    out += name;
  }
  for (std::size_t i = 0; i < strings.size(); ++i) {
    out += '\1';
    put_big(out, strings[i].size(), 2);
    out += strings[i];
    out += '\10';
    put_big(out, 1 + names.size() + 2 * i, 2);
  }
  out += '\5'; // a long, which takes two places
  put_big(out, 7, 8);
  return out;
}

/// A root with a Java of 17 at /jvm.
MemoryRoot java_root() {
  MemoryRoot root;
  test::add_elf(root, "/jvm/bin/java");
  for (const char* name : {"jvm.cfg",
                           "modules",
                           "server/libjvm.so",
                           "libjava.so",
                           "libawt.so",
                           "libmanagement.so",
                           "security/cacerts",
                           "jspawnhelper",
                           "ct.sym",
                           "unused"}) {
    root.add_file(at(std::string("/jvm/lib/") + name), "");
  }
  root.add_file(at("/etc/java/net.properties"), "");
  root.add_link(at("/jvm/conf/net.properties"), "/etc/java/net.properties");
  return root;
}

const std::string started =
    "file /jvm/lib/jvm.cfg\nfile /jvm/lib/modules\nfile /jvm/lib/server/libjvm.so\n"
    "file /jvm/lib/libjava.so\nfile /jvm/conf/net.properties\n";

std::string asked(MemoryRoot& root,
                  const std::string& own,
                  const std::string& bytes,
                  bool with_details = false) {
  root.add_file(at(own), bytes);
  test::Finding<JavaModules> finding(root);
  finding.show(own, FileKind::data, true);
  CHECK(finding.text() == "");
  finding.show("/jvm/bin/java", FileKind::program);
  return finding.text(with_details);
}

} // namespace

TEST_SUITE("finders") {

  TEST_CASE("java: what every start reads") {
    MemoryRoot root = java_root();
    CHECK(asked(root, "/app/A.class", build_class({"A", "java/lang/Object"})) == started);
  }

  TEST_CASE("java: what classes use") {
    MemoryRoot root = java_root();
    CHECK(asked(root,
                "/app/A.class",
                build_class({"java/lang/management/X", "([Ljava/awt/Font;I)V"})) ==
          started + "file /jvm/lib/libmanagement.so\nfile /jvm/lib/libawt.so\n");
    CHECK(asked(root, "/app/B.class", build_class({"java/net/URL"}, {"https://x"}), true)
              .find("uses TLS") != std::string::npos);
    CHECK(asked(root, "/app/C.class", build_class({"java/net/URL"}, {"http://x"})) == started);
    CHECK(asked(root, "/app/D.class", build_class({"java/lang/ProcessBuilder"})) ==
          started + "file /jvm/lib/jspawnhelper\n");
  }

  TEST_CASE("java: programs that classes start") {
    MemoryRoot root = java_root();
    CHECK(asked(root,
                "/app/A.class",
                build_class({"java/lang/ProcessBuilder"},
                            {"git", "--no", "/bin/ls -l", "A", "x/y"})) ==
          started + "file /jvm/lib/jspawnhelper\nprogram git\nprogram /bin/ls\n");
  }

  TEST_CASE("java: native libraries") {
    MemoryRoot root = java_root();
    root.add_file(at("/usr/lib/jni/libx-y.so"), "");
    root.add_file(at("/opt/z.so"), "");
    CHECK(asked(root,
                "/app/A.class",
                build_class({"java/lang/System", "loadLibrary"}, {"x-y", "a/b", "/opt/z.so"}),
                true)
              .ends_with("file /usr/lib/jni/libx-y.so (System.loadLibrary x-y)\nfile /opt/z.so "
                         "(System.load /opt/z.so)\n"));
    CHECK(asked(root, "/app/B.class", build_class({"java/lang/System"}, {"x-y"})) == started);
  }

  TEST_CASE("java: jars, their class path, jars in jars") {
    MemoryRoot root = java_root();
    root.add_file(at("/app/lib/b.jar"),
                  test::build_zip({{"B.class", build_class({"java/lang/management/X"})}}, true));
    root.add_file(at("/app/lib/other.jar"),
                  test::build_zip({{"B.class", build_class({"java/awt/Font"})}}));
    const std::string jar = test::build_zip(
        {{"META-INF/MANIFEST.MF",
          "Main-Class: A\r\nClass-Path: lib/b.jar lib/go\r\n ne.jar\r\n\r\nName: x\r\n"},
         {"A.class", build_class({"A"})},
         {"BOOT-INF/lib/c.jar",
          test::build_zip({{"C.class", build_class({"javax/net/ssl/X"})}}, true)}});
    CHECK(asked(root, "/app/a.jar", jar) ==
          started + "file /app/lib/b.jar\nfile /jvm/lib/security/cacerts\nfile "
                    "/jvm/lib/libmanagement.so\n");
  }

  TEST_CASE("java: the layout of 8, and a program that loads the virtual machine") {
    MemoryRoot root;
    test::add_elf(root, "/j8/bin/java");
    test::add_elf(root, "/j8/jre/lib/amd64/server/libjvm.so");
    for (const char* name :
         {"amd64/jvm.cfg", "amd64/libjava.so", "rt.jar", "ext/x.jar", "net.properties"}) {
      root.add_file(at(std::string("/j8/jre/lib/") + name), "");
    }
    const std::string expected =
        "file /j8/jre/lib/amd64/jvm.cfg\nfile /j8/jre/lib/amd64/server/libjvm.so\nfile "
        "/j8/jre/lib/amd64/libjava.so\n"
        "file /j8/jre/lib/net.properties\nfile /j8/jre/lib/rt.jar\nfile /j8/jre/lib/ext/x.jar\n";
    test::Finding<JavaModules> launched(root), loaded(root);
    launched.show("/j8/bin/java", FileKind::program);
    CHECK(launched.text(false) == expected);
    loaded.show("/j8/jre/lib/amd64/server/libjvm.so", FileKind::library);
    CHECK(loaded.text(false) == expected);
  }

  TEST_CASE("java: damage is a warning") {
    MemoryRoot root = java_root();
    CHECK(asked(root, "/app/A.class", "\xca\xfe\xba\xbe") ==
          started + "warning /app/A.class: a class file is cut short\n");
    CHECK(asked(root, "/app/a.jar", "text") == started + "warning /app/a.jar: is no zip archive\n");
    CHECK(asked(root,
                "/app/b.jar",
                test::build_zip({{"A.class", "x"}, {"B.class", build_class({"java/awt/Font"})}})) ==
          started +
              "file /jvm/lib/libawt.so\nwarning /app/b.jar: A.class: a class file is cut short\n");
    const std::string good = build_class({"A"}, {"b"});
    for (std::size_t i = 0; i < good.size(); ++i) {
      asked(root, "/app/C.class", good.substr(0, i));
    }
  }
}

} // namespace pare
