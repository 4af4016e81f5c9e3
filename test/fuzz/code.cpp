// Any bytes as an ELF file whose code is read: its functions, and what is reached from its entry
// and its exports.

#include "code/functions.hpp"
#include "code/object.hpp"
#include "code/reach.hpp"
#include "entry.hpp"
#include "loaders/files.hpp"
#include "root/memory.hpp"

using namespace pare;
using test::promise;

namespace {

void read_functions(const ByteSource& source, const Elf& elf) {
  Object object(source, elf);
  if (!decodes(object.machine())) {
    return;
  }
  object.load(source);
  const Functions functions(object);
  std::vector<Reference> references;
  for (std::uint32_t i = 0; i < functions.size(); ++i) {
    const FunctionRange& range = functions[i];
    promise(range.start < range.end, "a function is not empty");
    promise(i == 0 || functions[i - 1].end <= range.start, "functions do not overlap");
    references.clear();
    const Region region = region_of(object, range);
    promise(region.from <= region.to && region.to <= region.bytes.size(),
            "a function lies inside of its segment");
    read_references(object.machine(), region, references);
    for (const Reference& reference : references) {
      promise(reference.at < region.to - region.from, "an instruction lies inside of its function");
    }
  }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  MemoryRoot root;
  const RootPath path = RootPath::trusted("/file");
  root.add_file(path, std::string(test::text_of(data, size)), 0755);
  Files files(root);
  const Found& found = files.open("/file");
  if (found.file == nullptr || found.file->elf() == nullptr) {
    return 0;
  }
  read_functions(*root.open(path)->bytes, *found.file->elf());

  ReachOptions options;
  options.threads = 1;
  options.calls = {{"open", 2}, {"execl", 6}};
  Reach reach(root, options);
  reach.extend(reach.add_process({found.file}), {found.file});
  for (const Reached& what : reach.run()) {
    promise(what.file == found.file, "there is one file");
    promise(!what.text.empty(), "what is reached has a name");
    reach.chain(what.function); // which ends
  }
  promise(reach.run().empty(), "all is told once");
  return 0;
}
