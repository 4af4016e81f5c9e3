#include "loaders/glibc.hpp"
#include "loading_text.hpp"
#include "small_root.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace pare;
using test::add_library;
using test::at;

TEST_SUITE_BEGIN("loaders");

namespace {

/// A root that two threads may ask, as a folder of the host is.
class SharedRoot final : public Root {
public:
  explicit SharedRoot(const MemoryRoot& root) : root_(root) {}

  std::unique_ptr<const Root> for_another_thread() const override {
    return std::make_unique<SharedRoot>(root_);
  }
  std::optional<Stat> lstat(const RootPath& path) const override { return root_.lstat(path); }
  std::optional<std::string> read_link(const RootPath& path) const override {
    return root_.read_link(path);
  }
  std::optional<Opened> open(const RootPath& path) const override { return root_.open(path); }
  std::vector<std::string> list(const RootPath& folder) const override {
    return root_.list(folder);
  }
  std::map<std::string, std::string> xattrs(const RootPath&) const override { return {}; }
  std::string label() const override { return root_.label(); }

private:
  const MemoryRoot& root_;
};

constexpr int count = 300;

std::string name_of(int number) {
  return fmt::format("lib{:03}.so", number);
}

/// A program that needs 40 libraries, each of which needs the next two; half of them are links, one
/// is damaged, one is not where the cache says, one stands in a RUNPATH as well.
MemoryRoot large_root() {
  MemoryRoot root;
  test::add_glibc(root);
  std::vector<std::string> first;
  std::vector<std::pair<std::string, std::string>> cached;
  for (int i = count; i-- > 0;) {
    const std::string name = name_of(i), real = i % 2 == 0 ? name : name + ".1";
    add_library(root,
                "/usr/lib/x/" + real,
                i + 2 < count ? std::vector{name_of(i + 1), name_of(i + 2)}
                              : std::vector<std::string>());
    if (real != name) {
      root.add_link(at("/usr/lib/x/" + name), real);
    }
    cached.emplace_back(name, "/usr/lib/x/" + name);
    if (i < 40) {
      first.push_back(name);
    }
  }
  root.add_file(at("/usr/lib/x/lib044.so"), "\177ELF");
  add_library(root, "/opt/lib030.so");
  test::ElfSpec program = test::glibc_program(first);
  program.runpath = "/opt";
  test::add_elf(root, "/bin/x", program);
  cached[count - 1 - 50].second = "/usr/lib/not-there/lib050.so";
  root.add_file(at("/etc/ld.so.cache"), test::build_cache(cached));
  return root;
}

std::string load(const Root& root) {
  Files files(root);
  const Found& program = files.open("/bin/x");
  const Found& interpreter = files.open(test::glibc_name);
  GlibcLoader loader(files, interpreter.file, program.file->elf()->machine);
  return test::text_of(loader.load(*program.file, "/bin/x", test::glibc_name, {}));
}

} // namespace

TEST_CASE("reading ahead changes no answer") {
  const MemoryRoot root = large_root();
  const std::string alone = load(root);
  CHECK(alone.find("lib030.so => /opt/lib030.so") != std::string::npos);
  for (int turn = 0; turn < 50; ++turn) {
    REQUIRE(load(SharedRoot(root)) == alone);
  }
}

TEST_CASE("what was read ahead is given for exactly its own path, and once") {
  const MemoryRoot memory = large_root();
  const SharedRoot root(memory);
  Walker walker(root);
  ReadAhead ahead(walker);
  for (int i = 0; i < count; ++i) {
    ahead.expect("/usr/lib/x/" + name_of(i));
  }
  for (int i = 0; i < count; ++i) {
    CHECK_FALSE(ahead.take("/opt", name_of(i)));
    if (const std::optional<Lead> lead = ahead.take("/usr/lib/x", name_of(i))) {
      const Lead own = follow_lead(walker, "/usr/lib/x", name_of(i));
      CHECK(lead->entry == own.entry);
      CHECK(lead->walk.hops == own.walk.hops);
      CHECK(lead->file->path == own.file->path);
      CHECK(lead->file->damage == own.file->damage);
    }
    CHECK_FALSE(ahead.take("/usr/lib/x", name_of(i)));
  }
  CHECK_FALSE(ahead.take("/usr/lib/x", "libother.so"));
}

TEST_SUITE_END();
