// Files of rules/windows: nanoserver.toml, servercore.toml and windows.toml say what each image
// adds to the one before it; loader.toml what the loader has of its own; README.md describes them.

#include "loaders/windows_system.hpp"

#include "base/embedded.hpp"
#include "base/glob.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>

namespace pare {
namespace {

constexpr std::array<std::string_view, 3> images = {"nanoserver", "servercore", "windows"};

template <typename Take>
void each_text(const toml::table& table, std::string_view key, const Take& take) {
  if (const toml::array* array = table[key].as_array()) {
    for (const toml::node& node : *array) {
      take(node.value_or(std::string()));
    }
  }
}

template <typename Take>
void each_table(const toml::table& table, std::string_view key, const Take& take) {
  if (const toml::array* array = table[key].as_array()) {
    for (const toml::node& node : *array) {
      if (const toml::table* entry = node.as_table()) {
        take(*entry);
      }
    }
  }
}

std::string text_of(const toml::table& table, std::string_view key) {
  return table[key].value_or(std::string());
}

} // namespace

std::string_view word(WindowsImage image) {
  return images[static_cast<std::size_t>(image)];
}

WindowsSystem::WindowsSystem() {
  for (const EmbeddedText& file : embedded_windows()) {
    const toml::table table = toml::parse(file.text, file.name);
    const auto image = std::ranges::find(images, text_of(table, "image"));
    each_table(table, "provides", [&](const toml::table& provides) {
      const SystemEntry entry = {.image = image == images.end()
                                              ? WindowsImage::windows
                                              : static_cast<WindowsImage>(image - images.begin()),
                                 .is_certain = provides["certain"].value_or(true)};
      each_text(provides, "libraries", [&](std::string name) {
        if (name.find('*') == std::string::npos) {
          libraries_.emplace_back(std::move(name), entry);
        } else {
          patterns_.push_back({std::move(name), entry});
        }
      });
      each_text(provides, "assemblies", [&](std::string name) {
        assemblies_.push_back({std::move(name), entry});
      });
    });
    each_text(
        table, "known_dlls", [&](std::string name) { known_dlls_.push_back(std::move(name)); });
    each_text(table, "framework_tokens", [&](std::string token) {
      framework_tokens_.push_back(std::move(token));
    });
    each_table(table, "redistributable", [&](const toml::table& package) {
      each_text(package, "libraries", [&](std::string glob) {
        redistributables_.emplace_back(
            std::move(glob), Redistributable{text_of(package, "package"), text_of(package, "get")});
      });
    });
    each_table(table, "host", [&](const toml::table& host) {
      each_text(host, "libraries", [&](std::string glob) {
        hosts_.emplace_back(text_of(host, "of"), std::move(glob));
      });
    });
  }
  std::ranges::sort(known_dlls_);
  // Of several entries of one name the smallest image counts, and what has a source before what has
  // none.
  std::ranges::sort(libraries_, {}, [](const auto& library) {
    return std::tuple(
        std::string_view(library.first), !library.second.is_certain, library.second.image);
  });
  const auto is_same = [](const auto& a, const auto& b) { return a.first == b.first; };
  libraries_.erase(std::unique(libraries_.begin(), libraries_.end(), is_same), libraries_.end());
}

const WindowsSystem& WindowsSystem::built_in() {
  static const WindowsSystem system;
  return system;
}

std::optional<SystemEntry> WindowsSystem::match(const std::vector<Pattern>& patterns,
                                                std::string_view name) {
  const auto found = std::ranges::find_if(
      patterns, [&](const Pattern& pattern) { return matches_glob(pattern.glob, name); });
  return found == patterns.end() ? std::nullopt : std::optional(found->entry);
}

std::optional<SystemEntry> WindowsSystem::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(
      libraries_, name, {}, [](const auto& library) { return std::string_view(library.first); });
  if (found != libraries_.end() && found->first == name) {
    return found->second;
  }
  return match(patterns_, name);
}

bool WindowsSystem::is_known_dll(std::string_view name) const {
  return std::ranges::binary_search(known_dlls_, name, std::ranges::less());
}

bool WindowsSystem::is_api_set(std::string_view name) {
  return name.starts_with("api-") || name.starts_with("ext-");
}

const Redistributable* WindowsSystem::redistributable(std::string_view name) const {
  const auto found = std::ranges::find_if(
      redistributables_, [&](const auto& known) { return matches_glob(known.first, name); });
  return found == redistributables_.end() ? nullptr : &found->second;
}

bool WindowsSystem::is_host(std::string_view asker, std::string_view name) const {
  return std::ranges::any_of(hosts_, [&](const auto& host) {
    return matches_glob(host.first, asker) && matches_glob(host.second, name);
  });
}

std::optional<SystemEntry> WindowsSystem::find_assembly(std::string_view name) const {
  return match(assemblies_, name);
}

bool WindowsSystem::is_framework_token(std::string_view public_key_token) const {
  return std::ranges::find(framework_tokens_, public_key_token) != framework_tokens_.end();
}

} // namespace pare
