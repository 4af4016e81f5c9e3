// A package manager's database. The first line says which, and what follows is its text:
//   dpkg     status, the list of the package `a`, diversions, a file and its sums of distroless,
//            between NUL bytes
//   apk      installed
//   rpm      rpmdb.sqlite
//   header   one header of rpm

#include "packages/packages.hpp"

#include "entry.hpp"
#include "packages/database.hpp"
#include "root/memory.hpp"

#include <pare/error.hpp>

using namespace pare;
using test::promise;

namespace {

void check(const Root& root) {
  std::vector<Warning> warnings;
  const std::unique_ptr<Packages> packages = read_packages(root, warnings);
  if (packages == nullptr) {
    return;
  }
  const std::vector<Package>& all = packages->all();
  promise(!all.empty(), "no packages: no database");
  for (PackageId id = 0; id < all.size(); ++id) {
    promise(!all[id].name.empty(), "a package has a name");
    promise(!all[id].source.empty(), "and a source");
    promise(!packages->find(all[id].name).empty(), "and is found by its name");
    for (const PackageId on : all[id].depends) {
      promise(on < all.size() && on != id, "a dependency is another package");
    }
    for (const RootPath& path : packages->files_of(id)) {
      promise(RootPath::lexical(path.text()) == path, "a path is a place in the root");
      promise(packages->owner(path).has_value(), "what is listed has an owner");
    }
  }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = test::text_of(data, size);
  const std::string_view format = take_until(text, '\n');
  MemoryRoot root;
  const auto put = [&](const char* path, std::string_view bytes) {
    root.add_file(RootPath::trusted(path), std::string(bytes));
  };
  if (format == "dpkg") {
    put("/var/lib/dpkg/status", take_until(text, '\0'));
    put("/var/lib/dpkg/info/a.list", take_until(text, '\0'));
    put("/var/lib/dpkg/diversions", take_until(text, '\0'));
    put("/var/lib/dpkg/status.d/b", take_until(text, '\0'));
    put("/var/lib/dpkg/status.d/b.md5sums", text);
  } else if (format == "apk") {
    put("/lib/apk/db/installed", text);
  } else if (format == "rpm") {
    put("/var/lib/rpm/rpmdb.sqlite", text);
  } else if (format == "header") {
    Database database;
    PackageBudget budget;
    try {
      add_rpm_header(text, database, budget);
    } catch (const InputError& error) {
      promise(*error.what() != '\0', "an error says why");
    }
    return 0;
  }
  check(root);
  return 0;
}
