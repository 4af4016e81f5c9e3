// ldconfig is the judge: it makes the caches, and `ldconfig -p` says what is in them.
#include "command.hpp"
#include "elf_builder.hpp"
#include "formats/ld_so_cache.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

using namespace pare;

TEST_SUITE_BEGIN("formats");

namespace {

const std::string ldconfig = "/sbin/ldconfig";

std::string slurp(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A root with libraries that are hard to sort, and the cache that ldconfig makes of it; empty
/// where it cannot be made.
class Made {
public:
  explicit Made(const std::string& format) {
    for (const char* soname : {"libz.so.1",
                               "libz.so.2",
                               "libz.so.10",
                               "libz.so",
                               "libz1.so",
                               "liba.so.1",
                               "lib.so.1",
                               "libstdc++.so.6",
                               "libA.so.1",
                               "libz.so.1.2",
                               "libz-1.so",
                               "libz_1.so"}) {
      add("usr/lib", soname);
    }
    add("opt/x", "libz.so.1");
    add("opt/x/glibc-hwcaps/x86-64-v2", "libz.so.1");
    add("opt/x/glibc-hwcaps/x86-64-v3", "libz.so.1");
    folder_.write("etc/ld.so.conf", "/opt/x\n");
    // -X: no links. chroot(2) inside of it needs root.
    made_ = test::run({ldconfig,
                       "-r",
                       folder_.path(),
                       "-X",
                       "-c",
                       format,
                       "-C",
                       "/etc/cache",
                       "-f",
                       "/etc/ld.so.conf"})
                .code == 0;
    if (!made_) {
      MESSAGE("ldconfig -r makes no cache here: not compared");
    }
  }

  explicit operator bool() const { return made_; }
  std::string bytes() const { return slurp(folder_.path() / "etc/cache"); }

  /// What ldconfig says of it: the paths of each name, in order, a line each, those for a level
  /// with "@level".
  std::map<std::string, std::string> listed() const {
    std::map<std::string, std::string> found;
    std::string text = test::run({ldconfig, "-p", "-C", folder_.path() / "etc/cache"}).text;
    for (std::size_t start = 0; (start = text.find("\n\t", start)) != std::string::npos;) {
      start += 2;
      const std::string line = text.substr(start, text.find('\n', start) - start);
      const std::size_t name_end = line.find(" (");
      std::string& paths = found[line.substr(0, name_end)];
      paths += line.substr(line.find("=> ") + 3);
      if (const std::size_t level = line.find("hwcap: \""); level != std::string::npos) {
        paths += "@" + line.substr(level + 8, line.find('"', level + 8) - level - 8);
      }
      paths += '\n';
    }
    return found;
  }

private:
  void add(const std::string& folder, const std::string& soname) const {
    folder_.write(folder + "/" + soname,
                  test::build_elf({.needed = {"libc.so.6"}, .soname = soname}));
  }

  test::TempFolder folder_;
  bool made_ = false;
};

/// What we find, likewise.
std::string found(const std::string& bytes, const std::string& name) {
  const MemoryBytes source(bytes);
  LdSoCache cache(source);
  std::string paths;
  for (const CacheEntry& entry : cache.find(name)) {
    paths += entry.path + (entry.level.empty() ? "" : "@" + entry.level) + '\n';
  }
  return paths;
}

void swap_bytes(std::string& bytes, std::size_t offset, std::size_t width) {
  std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(offset),
               bytes.begin() + static_cast<std::ptrdiff_t>(offset + width));
}

/// A cache of the new format, as ldconfig of a big-endian machine writes it.
std::string big_endian(std::string bytes) {
  const auto number = [&](std::size_t offset) {
    return load_unsigned(bytes.substr(offset, 4), 4, false);
  };
  const std::size_t count = number(20), extension = number(32);
  bytes[28] = 3; // cache_file_new_flags_endian_big
  for (const unsigned field : {20u, 24u, 32u}) {
    swap_bytes(bytes, field, 4);
  }
  for (std::size_t entry = 48; entry < 48 + count * 24; entry += 24) {
    for (const unsigned field : {0u, 4u, 8u, 12u}) {
      swap_bytes(bytes, entry + field, 4);
    }
    swap_bytes(bytes, entry + 16, 8);
  }
  if (extension != 0) {
    const std::size_t sections = number(extension + 4);
    swap_bytes(bytes, extension, 4);
    swap_bytes(bytes, extension + 4, 4);
    for (std::size_t section = extension + 8; section < extension + 8 + sections * 16;
         section += 16) {
      const std::size_t tag = number(section), at = number(section + 8),
                        size = number(section + 12);
      for (const unsigned field : {0u, 4u, 8u, 12u}) {
        swap_bytes(bytes, section + field, 4);
      }
      for (std::size_t index = at; tag == 1 && index < at + size; index += 4) {
        swap_bytes(bytes, index, 4);
      }
    }
  }
  return bytes;
}

void check_all(const Made& made, const std::string& bytes) {
  const auto listed = made.listed();
  CHECK(listed.size() == 12);
  for (const auto& [soname, paths] : listed) {
    const std::string& name = soname; // clang 14 captures no binding
    CAPTURE(name);
    CHECK(found(bytes, name) == paths);
  }
  for (const char* none : {"", "libz.so.3", "libz.so.01x", "liba.so", "zzz", "\xff"}) {
    CAPTURE(none);
    CHECK(found(bytes, none).empty());
  }
}

} // namespace

TEST_CASE("a cache of the new format says what ldconfig says") {
  if (const Made made("new"); made) {
    CHECK(made.bytes().starts_with("glibc-ld.so.cache1.1"));
    CHECK(found(made.bytes(), "libz.so.1") == "/opt/x/glibc-hwcaps/x86-64-v2/libz.so.1@x86-64-v2\n"
                                              "/opt/x/glibc-hwcaps/x86-64-v3/libz.so.1@x86-64-v3\n"
                                              "/opt/x/libz.so.1\n"
                                              "/usr/lib/libz.so.1\n");
    check_all(made, made.bytes());
  }
}

TEST_CASE("a cache of the old format too") {
  if (const Made made("old"); made) {
    CHECK(made.bytes().starts_with("ld.so-1.7.0"));
    CHECK(made.bytes().find("glibc-ld.so.cache") == std::string::npos);
    check_all(made, made.bytes());
  }
}

TEST_CASE("of both in one file the new one counts, but its levels are lost") {
  if (const Made made("compat"); made) {
    CHECK(made.bytes().starts_with("ld.so-1.7.0"));
    CHECK(made.bytes().find("glibc-ld.so.cache") != std::string::npos);
    // The names of the levels are counted from the new format's start; ld.so and `ldconfig -p` of
    // glibc 2.36 count them from the file's start, read something else, and the loader takes what
    // is for every CPU.
    CHECK(found(made.bytes(), "libz.so.1") == "/opt/x/libz.so.1\n/usr/lib/libz.so.1\n");
    for (const auto& [soname, paths] : made.listed()) {
      const std::string& name = soname; // clang 14 captures no binding
      CAPTURE(name);
      CHECK((name == "libz.so.1" || found(made.bytes(), name) == paths));
    }
  }
}

TEST_CASE("a cache of a big-endian machine") {
  if (const Made made("new"); made) {
    const std::string bytes = big_endian(made.bytes());
    check_all(made, bytes);
    std::string unsaid = bytes; // before glibc 2.33 nothing said the byte order
    unsaid[28] = 0;
    check_all(made, unsaid);
  }
}

TEST_CASE("this machine's own cache") {
  const std::string bytes = slurp("/etc/ld.so.cache");
  const std::string listed = test::run({ldconfig, "-p"}).text;
  const std::size_t libc = listed.find("\tlibc.so.6 (libc6");
  if (bytes.empty() || libc == std::string::npos) {
    MESSAGE("no ld.so.cache here");
    return;
  }
  const std::size_t path = listed.find("=> ", libc) + 3;
  const std::string first = found(bytes, "libc.so.6");
  CHECK(first.substr(0, first.find('\n')) == listed.substr(path, listed.find('\n', path) - path));
}

TEST_CASE("numbers in names are compared by value") {
  const auto order = [](std::string_view a, std::string_view b) {
    const int sign = compare_library_names(a, b);
    CHECK((compare_library_names(b, a) < 0) == (sign > 0));
    return sign < 0 ? '<' : sign > 0 ? '>' : '=';
  };
  CHECK(order("libz.so.2", "libz.so.10") == '<');
  CHECK(order("libz.so.1", "libz.so.1") == '=');
  CHECK(order("libz.so.01", "libz.so.1") == '='); // glibc finds either by the other's name
  CHECK(order("libz.so.1", "libz.so") == '>');
  CHECK(order("lib1", "liba") == '>'); // a number is greater than a letter
  CHECK(order("liba", "lib") == '>');
  CHECK(order("", "") == '=');
}

TEST_CASE("what is no cache") {
  const auto refusal = [](const std::string& bytes) -> std::string {
    const MemoryBytes source(bytes);
    try {
      LdSoCache cache(source);
      return "";
    } catch (const InputError& error) {
      return error.what();
    }
  };
  CHECK(refusal("") == "is no ld.so.cache");
  CHECK(refusal("text") == "is no ld.so.cache");
  CHECK(refusal("glibc-ld.so.cache1.1") == "is no ld.so.cache"); // cut in the header
  std::string many = "glibc-ld.so.cache1.1" + std::string(4, '\xff') + std::string(40, '\0');
  CHECK(refusal(many) == "its entries lie outside of the file");
}

TEST_CASE("cut anywhere, it is refused or finds what is there") {
  if (const Made made("compat"); made) {
    const std::string whole = made.bytes();
    for (std::size_t size = 0; size < whole.size(); size += 7) {
      CAPTURE(size);
      try {
        found(whole.substr(0, size), "libz.so.1");
      } catch (const InputError& error) {
        CHECK(std::string(error.what()) != "");
      }
    }
  }
}

TEST_SUITE_END();
