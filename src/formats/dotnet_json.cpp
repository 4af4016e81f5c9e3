#include "formats/dotnet_json.hpp"

#include "base/json.hpp"

#include <algorithm>
#include <map>

namespace pare {
namespace {

std::string file_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// Assets of one library that are only for some machines: those of the closest name win, for each
/// kind (dotnet/runtime, hostpolicy's deps_format.cpp, perform_rid_fallback).
void add_for_machine(const Json& targets,
                     const std::string& library,
                     const std::vector<std::string>& rids,
                     std::map<std::string, std::vector<DotnetAsset>>& chosen) {
  std::map<std::string, std::size_t> best;
  for (const auto& [path, about] : targets.members()) {
    const std::string type = about["assetType"].text();
    const auto place =
        static_cast<std::size_t>(std::ranges::find(rids, about["rid"].text()) - rids.begin());
    if (place == rids.size() || (type != "runtime" && type != "native")) {
      continue;
    }
    const auto [known, fresh] = best.emplace(type, place);
    if (!fresh && place > known->second) {
      continue;
    }
    if (fresh || place < known->second) {
      chosen[type].clear();
      known->second = place;
    }
    chosen[type].push_back(
        {type == "native" ? DotnetAssetKind::native : DotnetAssetKind::assembly, path, library});
  }
}

} // namespace

std::vector<DotnetAsset> read_dotnet_deps(std::string_view text,
                                          const std::vector<std::string>& rids) {
  const Json json = parse_json(text);
  const Json& target = json["runtimeTarget"];
  const std::string& name = target.is_string() ? target.text() : target["name"].text();
  std::vector<DotnetAsset> assets;
  for (const auto& [library, about] : json["targets"][name].members()) {
    std::map<std::string, std::vector<DotnetAsset>> chosen;
    add_for_machine(about["runtimeTargets"], library, rids, chosen);
    for (const auto& [type, kind] : {std::pair("runtime", DotnetAssetKind::assembly),
                                     std::pair("native", DotnetAssetKind::native)}) {
      if (const auto found = chosen.find(type); found != chosen.end()) {
        assets.insert(assets.end(), found->second.begin(), found->second.end());
        continue;
      }
      for (const auto& [path, unused] : about[type].members()) {
        if (file_name(path) != "_._") { // stands for "nothing" in a package
          assets.push_back({kind, file_name(path), library});
        }
      }
    }
    for (const auto& [path, resource] : about["resources"].members()) {
      const std::string locale = resource["locale"].text();
      assets.push_back({DotnetAssetKind::resource,
                        locale.empty() ? file_name(path) : locale + "/" + file_name(path),
                        library});
    }
  }
  return assets;
}

DotnetRuntimeConfig read_dotnet_runtime_config(std::string_view text) {
  const Json json = parse_json(text);
  const Json& options = json["runtimeOptions"];
  DotnetRuntimeConfig config;
  const auto add = [&](const Json& framework) {
    if (!framework["name"].text().empty()) {
      config.frameworks.push_back({framework["name"].text(), framework["version"].text()});
    }
  };
  add(options["framework"]);
  std::ranges::for_each(options["frameworks"].list(), add);
  config.is_self_contained = options["includedFrameworks"].is_list();
  return config;
}

} // namespace pare
