// The form of `docker save` since 1.10: manifest.json names the config and the layers (moby,
// image/tarexport/tarexport.go). The older files beside it (`repositories`, a folder a layer) are
// read by nothing that is still in use.

#include "outputs/docker_archive.hpp"

#include "base/bytes.hpp"
#include "base/json.hpp"
#include "outputs/archive.hpp"

namespace pare {

void write_docker_archive(const BuiltImage& image,
                          const std::string& file,
                          const std::string& name) {
  ArchiveFiles files;
  const auto add = [&files](const ImageBlob& blob, const char* ending) {
    const std::string place = blob.digest.substr(7) + ending;
    files[RootPath::trusted("/" + place)] = blob.bytes;
    return place;
  };
  JsonList layers, tags;
  for (const ImageBlob& layer : image.layers) {
    layers.emplace_back(add(layer, ".tar"));
  }
  if (!name.empty()) {
    tags.emplace_back(name);
  }
  const Json manifest(JsonList{Json(JsonObject{
      {"Config", Json(add(image.config, ".json"))},
      {"RepoTags", Json(tags)},
      {"Layers", Json(layers)},
  })});
  std::string text;
  manifest.append_to(text);
  files[RootPath::trusted("/manifest.json")] = std::make_shared<MemoryBytes>(text);
  write_archive(files, image.created, file);
}

} // namespace pare
