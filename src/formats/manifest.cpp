#include "formats/manifest.hpp"

#include "formats/xml_tags.hpp"

#include <algorithm>

namespace pare {

Manifest read_manifest(std::string_view text) {
  Manifest manifest;
  int dependent = 0; // inside of <dependentAssembly>
  for (const XmlTag& tag : read_xml_tags(text)) {
    if (tag.name == "dependentAssembly") {
      dependent += (tag.opens ? 1 : 0) - (tag.closes ? 1 : 0);
    } else if (tag.name == "assemblyIdentity" && tag.opens) {
      SideBySideName name;
      name.name = tag.attribute("name");
      name.version = tag.attribute("version");
      name.language = tag.attribute("language") == "*" ? "" : tag.attribute("language");
      if (dependent > 0) {
        manifest.dependencies.push_back(std::move(name));
      } else if (manifest.own.name.empty()) {
        manifest.own = std::move(name);
      }
    } else if (tag.name == "file" && tag.opens && !tag.attribute("name").empty()) {
      manifest.files.emplace_back(tag.attribute("name"));
    }
  }
  return manifest;
}

DotnetConfig read_dotnet_config(std::string_view text) {
  DotnetConfig config;
  for (const XmlTag& tag : read_xml_tags(text)) {
    if (tag.name != "probing" || !tag.opens) {
      continue;
    }
    std::string_view rest = tag.attribute("privatePath");
    while (!rest.empty()) {
      const std::string_view part = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      if (!part.empty()) {
        config.private_paths.emplace_back(part);
      }
    }
  }
  return config;
}

} // namespace pare
