#include "reviews/bases.hpp"

#include "base/embedded.hpp"
#include "formats/described.hpp"
#include "loaders/machines.hpp"
#include "root/memory.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <map>

namespace pare {
namespace {

std::string text_of(const toml::table& table, std::string_view key) {
  return table[key].value_or(std::string());
}

std::vector<std::string> texts_of(const toml::table& table, std::string_view key) {
  std::vector<std::string> texts;
  if (const toml::array* array = table[key].as_array()) {
    for (const toml::node& node : *array) {
      texts.push_back(node.value_or(std::string()));
    }
  }
  return texts;
}

/// Calls `take` for each table of the array `key`.
template <typename Take>
void each(const toml::table& table, std::string_view key, const Take& take) {
  if (const toml::array* array = table[key].as_array()) {
    for (const toml::node& node : *array) {
      if (const toml::table* entry = node.as_table()) {
        take(*entry);
      }
    }
  }
}

std::uint32_t octal(const std::string& text, std::uint32_t otherwise) {
  return text.empty() ? otherwise : static_cast<std::uint32_t>(std::stoul(text, nullptr, 8));
}

class Describer {
public:
  Describer(std::string image, const ElfMachine& machine)
      : machine_(machine), name_(machine_of(machine).name),
        root_(std::make_unique<MemoryRoot>(std::move(image))) {}

  /// Adds what a file tells on top of the one that it extends. False: it says nothing of this
  /// machine.
  bool add(const std::map<std::string_view, std::string_view>& files, const std::string& name) {
    const toml::table table = toml::parse(files.at(name), name);
    if (const std::string below = text_of(table, "extends"); !below.empty() && !add(files, below)) {
      return false;
    }
    take(table);
    bool has_machine = false;
    each(table, "machine", [&](const toml::table& machine) {
      if (text_of(machine, "name") == name_) {
        has_machine = true;
        bytes_ = static_cast<std::uint64_t>(machine["bytes"].value_or(std::int64_t{0}));
        take(machine);
      }
    });
    unproved_ = text_of(table, "unproved");
    return has_machine;
  }

  Base finish(std::string image) {
    Base base;
    base.from_line = base.image = std::move(image);
    base.root = std::move(root_);
    base.bytes = bytes_;
    base.unproved = std::move(unproved_);
    base.is_described = true;
    return base;
  }

private:
  void take(const toml::table& table) {
    each(table, "folders", [&](const toml::table& folder) {
      root_->add_folder(path_of(folder), octal(text_of(folder, "mode"), 0755));
    });
    each(table, "links", [&](const toml::table& link) {
      root_->add_link(path_of(link), text_of(link, "target"));
    });
    each(table, "data", [&](const toml::table& data) { put(data, path_of(data), Plain{}); });
    each(table, "libraries", [&](const toml::table& library) {
      put(library, path_of(library), elf_of(library, false));
    });
    each(table, "programs", [&](const toml::table& program) {
      put(program, path_of(program), elf_of(program, true));
    });
    each(table, "modules", [&](const toml::table& modules) {
      for (const std::string& name : texts_of(modules, "names")) {
        put(modules, RootPath::lexical(text_of(modules, "folder")) / name, elf_of({}, false));
      }
    });
    for (const std::string& tree : texts_of(table, "trees")) {
      root_->add_folder(RootPath::lexical(tree));
    }
  }

  static RootPath path_of(const toml::table& table) {
    return RootPath::lexical(text_of(table, "path"));
  }

  void put(const toml::table& table, const RootPath& path, Facts facts) {
    const auto size = static_cast<std::uint64_t>(table["size"].value_or(std::int64_t{0}));
    const bool is_elf = !std::holds_alternative<Plain>(facts);
    root_->add_file(
        path,
        std::make_shared<DescribedFile>(size, std::move(facts), text_of(table, "sha256")),
        is_elf ? 0755 : 0644);
  }

  Elf elf_of(const toml::table& table, bool is_program) const {
    Elf elf;
    elf.machine = machine_;
    elf.type = elf::et_dyn;
    elf.is_dynamic = true;
    if (is_program) {
      elf.interpreter = machine_of(machine_).interpreter;
    }
    const auto optional = [&](std::string_view key) {
      const std::string text = text_of(table, key);
      return text.empty() ? std::nullopt : std::optional(text);
    };
    elf.soname = optional("soname");
    elf.runpath = optional("runpath");
    elf.rpath = elf.runpath ? std::nullopt : optional("rpath");
    for (std::string& name : texts_of(table, "needed")) {
      elf.dependencies.push_back({DependencyTag::needed, std::move(name)});
    }
    elf.versions = texts_of(table, "versions");
    elf.defines_versions = !elf.versions.empty();
    std::ranges::sort(elf.versions);
    return elf;
  }

  ElfMachine machine_;
  std::string name_;
  std::unique_ptr<MemoryRoot> root_;
  std::uint64_t bytes_ = 0;
  std::string unproved_;
};

std::map<std::string_view, std::string_view> known_files() {
  std::map<std::string_view, std::string_view> files;
  for (const EmbeddedText& file : embedded_bases()) {
    files.emplace(file.name, file.text);
  }
  return files;
}

std::optional<Base> describe(const std::map<std::string_view, std::string_view>& files,
                             const std::string& name,
                             const ElfMachine& machine) {
  const std::string image = "gcr.io/distroless/" + name;
  Describer describer(image, machine);
  if (!describer.add(files, name)) {
    return std::nullopt;
  }
  return describer.finish(image);
}

/// "registry/name" of "registry/name:tag@sha256:...".
std::string without_tag(std::string text) {
  text.resize(std::min(text.find('@'), text.size()));
  const std::size_t colon = text.rfind(':');
  if (colon != std::string::npos && text.find('/', colon) == std::string::npos) {
    text.resize(colon);
  }
  return text;
}

/// "docker://name", "containers-storage:name": builders know it by that name.
bool is_registry_name(const std::string& text) {
  return text.starts_with("docker:") || text.starts_with("docker-daemon:") ||
         text.starts_with("containers-storage:");
}

/// What a Dockerfile would call it: builders know names of registries, not of this machine's files.
std::string from_line_of(const std::string& text, const Source& source) {
  if (is_registry_name(text)) {
    const std::string name = text.substr(text.find(':') + 1);
    return name.starts_with("//") ? name.substr(2) : name;
  }
  if (source.image) {
    return source.image->name.find('/') != std::string::npos ? source.image->name : text;
  }
  const RootPath path = RootPath::lexical(text.substr(text.find(':') + 1));
  return path.is_root() ? "base" : std::string(path.name());
}

} // namespace

std::vector<Base> described_bases(const ElfMachine& machine) {
  const std::map<std::string_view, std::string_view> files = known_files();
  std::vector<Base> bases;
  for (const auto& [name, text] : files) {
    if (std::optional<Base> base = describe(files, std::string(name), machine)) {
      bases.push_back(*std::move(base));
    }
  }
  return bases;
}

Base open_base(const std::string& text, const ElfMachine& machine, SourceOptions options) {
  if (names_transport(text)) {
    options.platform = platform_of(machine);
    Source source = open_source(text, options);
    Base base;
    base.root = std::move(source.root);
    base.image = text;
    base.from_line = from_line_of(text, source);
    base.is_local = !is_registry_name(text);
    return base;
  }
  constexpr std::string_view family = "gcr.io/distroless/";
  const std::string image = without_tag(text);
  const std::map<std::string_view, std::string_view> files = known_files();
  const std::string name = image.starts_with(family) ? image.substr(family.size()) : "";
  if (!files.contains(name)) {
    std::string known;
    for (const auto& [file, unused] : files) {
      known += fmt::format("{}{}{}", known.empty() ? "" : ", ", family, file);
    }
    throw InputError(fmt::format(
        "--base {}: nothing is known of this image; known are {}; dir:PATH, oci:DIR:TAG and "
        "docker://... are read",
        text,
        known));
  }
  std::optional<Base> base = describe(files, name, machine);
  if (!base) {
    throw InputError(
        fmt::format("--base {}: nothing is known of it on {}", text, machine_of(machine).name));
  }
  base->from_line = text;
  return *std::move(base);
}

} // namespace pare
