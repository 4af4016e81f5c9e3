// Layers, described by a text, and the view of them. A line's first character says what it is:
//   F/path   a file, the path being its text     D/path   a folder      W/path   the same, 0700
//   L/path=  a symlink and its target            H/path=  a hard link
//   M        ends the layer                      anything else is passed over
// Names are taken as they are: a slash in front is the tar's own.

#include "root/image.hpp"

#include "../unit/tar_builder.hpp"
#include "base/bytes.hpp"
#include "entry.hpp"

#include <pare/error.hpp>

#include <map>

using namespace pare;
using test::promise;

namespace {

class Checker {
public:
  explicit Checker(const Root& root) : root_(root) {}

  void check() {
    look_at(RootPath(), 0);
    for (const auto& [inode, links] : names_) {
      promise(links.first == links.second, "a file has as many names as it says");
    }
  }

private:
  void look_at(const RootPath& folder, int depth) {
    promise(depth < 2100, "the tree ends");
    std::string before;
    for (const std::string& name : root_.list(folder)) {
      promise(!name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos,
              "a name is one part");
      promise(before < name, "names are sorted, each once");
      before = name;
      const RootPath path = folder / name;
      const std::optional<Stat> stat = root_.lstat(path);
      promise(stat.has_value(), "what is listed is there");
      promise(path.text().size() < 4096, "a path can be opened");
      if (stat->type == FileType::directory) {
        look_at(path, depth + 1);
        continue;
      }
      promise(!name.starts_with(".wh."), "no whiteout is left"); // a folder made on the way may be
      ++names_.try_emplace(stat->inode, stat->links, 0).first->second.second;
      promise(root_.read_link(path).has_value() == (stat->type == FileType::symlink),
              "a link has a text");
      const std::optional<Root::Opened> opened = root_.open(path);
      promise(opened.has_value() == (stat->type == FileType::regular), "a file has bytes");
      promise(!opened || read_all(*opened->bytes, 1 << 20).size() == stat->size,
              "as many as it says");
    }
  }

  const Root& root_;
  std::map<std::uint64_t, std::pair<std::uint32_t, std::uint32_t>> names_;
};

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = test::text_of(data, size);
  ImageRoot image("image", {.bytes = 1 << 20, .entries = 4000});
  test::TarBuilder layer;
  const auto finish = [&] {
    image.add_layer(std::make_shared<MemoryBytes>(layer.finish()));
    layer = {};
  };
  try {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line == "M") {
        finish();
      }
      if (line.size() < 2 || line.size() > 99) {
        continue;
      }
      const std::string name = line.substr(1, line.find('=') - 1);
      const std::string target =
          line.find('=') == std::string::npos ? "" : line.substr(line.find('=') + 1);
      switch (line[0]) {
      case 'F':
        layer.file(name, name);
        break;
      case 'D':
      case 'W':
        layer.folder(name, line[0] == 'W' ? 0700 : 0755);
        break;
      case 'L':
        layer.link(name, target);
        break;
      case 'H':
        layer.hard(name, target);
        break;
      default:
        break;
      }
    }
    finish();
  } catch (const InputError& error) {
    promise(*error.what() != '\0', "an error says why");
    return 0; // what is refused half way is never looked at
  }
  Checker(image).check();
  return 0;
}
