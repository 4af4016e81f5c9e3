#include "outputs/oci.hpp"

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/file_bytes.hpp"
#include "base/json.hpp"
#include "base/output_file.hpp"
#include "base/temp_file.hpp"
#include "outputs/archive.hpp"
#include "outputs/tar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <sys/stat.h>

namespace pare {

namespace {

constexpr const char* manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* config_type = "application/vnd.oci.image.config.v1+json";
constexpr const char* index_type = "application/vnd.oci.image.index.v1+json";
constexpr const char* layout_text = R"({"imageLayoutVersion":"1.0.0"})";
constexpr std::uint64_t most_json = std::uint64_t{16} << 20;

/// Hashes what goes through it.
class HashSink final : public ByteSink {
public:
  explicit HashSink(ByteSink& below) : below_(below) {}
  void write(std::span<const std::byte> bytes) override {
    hash_.update(bytes);
    below_.write(bytes);
  }
  void finish() override {
    digest_ = "sha256:" + hash_.finish();
    below_.finish();
  }
  const std::string& digest() const { return digest_; }

private:
  ByteSink& below_;
  Sha256 hash_;
  std::string digest_;
};

/// A temporary file.
class TemporarySink final : public ByteSink {
public:
  explicit TemporarySink(const std::string& folder)
      : folder_(folder), file_(std::make_shared<const Descriptor>(open_temporary(folder))) {}
  void write(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::write(file_->get(), bytes.data(), bytes.size());
      if (count < 0 && errno != EINTR) {
        throw output_failure(folder_, errno);
      }
      const std::size_t done = count < 0 ? 0 : static_cast<std::size_t>(count);
      size_ += done;
      bytes = bytes.subspan(done);
    }
  }
  void finish() override {}
  std::shared_ptr<const ByteSource> bytes() const {
    return std::make_shared<FileBytes>(file_, 0, size_);
  }

private:
  const std::string& folder_;
  std::shared_ptr<const Descriptor> file_;
  std::uint64_t size_ = 0;
};

// ------------------------------------------------------------------------------------------------
// JSON

Json json_of(const std::vector<std::string>& words) {
  JsonList list;
  for (const std::string& word : words) {
    list.emplace_back(word);
  }
  return Json(std::move(list));
}

Json set_of(const std::vector<std::string>& names) {
  JsonObject set;
  for (const std::string& name : names) {
    set.emplace_back(name, Json(JsonObject{}));
  }
  return Json(std::move(set));
}

Json json_of(const std::map<std::string, std::string>& texts) {
  JsonObject members;
  for (const auto& [name, text] : texts) {
    members.emplace_back(name, Json(text));
  }
  return Json(std::move(members));
}

/// Members that say something: what is empty is left out.
class Members {
public:
  Members& text(const char* name, const std::string& value) {
    return value.empty() ? *this : put(name, Json(value));
  }
  Members& words(const char* name, const std::vector<std::string>& value) {
    return value.empty() ? *this : put(name, json_of(value));
  }
  Members& set(const char* name, const std::vector<std::string>& value) {
    return value.empty() ? *this : put(name, set_of(value));
  }
  Members& number(const char* name, std::int64_t value) {
    return value == 0 ? *this : put(name, Json(value));
  }
  Members& put(const char* name, Json value) {
    members_.emplace_back(name, std::move(value));
    return *this;
  }
  Json json() { return Json(std::move(members_)); }

private:
  JsonObject members_;
};

/// (OCI image-spec 1.1, config.md)
Json config_json(const ImageConfig& config) {
  Members run;
  run.text("User", config.user)
      .set("ExposedPorts", config.exposed_ports)
      .words("Env", config.environment)
      .words("Entrypoint", config.entrypoint)
      .words("Cmd", config.command)
      .set("Volumes", config.volumes)
      .text("WorkingDir", config.working_folder);
  if (!config.labels.empty()) {
    run.put("Labels", json_of(config.labels));
  }
  run.text("StopSignal", config.stop_signal).words("Shell", config.shell);
  if (const std::optional<Healthcheck>& check = config.healthcheck) {
    run.put("Healthcheck",
            Members()
                .words("Test", check->test)
                .number("Interval", check->interval)
                .number("Timeout", check->timeout)
                .number("StartPeriod", check->start_period)
                .number("StartInterval", check->start_interval)
                .number("Retries", check->retries)
                .json());
  }
  JsonList history;
  for (const HistoryEntry& entry : config.history) {
    history.push_back(Members()
                          .text("created", entry.created)
                          .text("created_by", entry.created_by)
                          .text("author", entry.author)
                          .text("comment", entry.comment)
                          .json());
  }
  return Members()
      .text("created", config.created)
      .text("author", config.author)
      .put("architecture", Json(config.platform.architecture))
      .text("variant", config.platform.variant)
      .put("os", Json(config.platform.os))
      .put("config", run.json())
      .put("rootfs",
           Members().text("type", "layers").put("diff_ids", json_of(config.diff_ids)).json())
      .put("history", Json(std::move(history)))
      .json();
}

Members descriptor(const ImageBlob& blob) {
  return std::move(Members()
                       .text("mediaType", blob.media_type)
                       .text("digest", blob.digest)
                       .put("size", Json(static_cast<std::int64_t>(blob.bytes->size()))));
}

ImageBlob json_blob(const char* media_type, const Json& value) {
  std::string text;
  value.append_to(text);
  const std::string digest = "sha256:" + sha256(text);
  return {media_type, digest, std::make_shared<MemoryBytes>(std::move(text))};
}

ImageBlob manifest_blob(const BuiltImage& image, const Annotations& annotations) {
  JsonList layers;
  for (const ImageBlob& layer : image.layers) {
    layers.push_back(descriptor(layer).json());
  }
  Members manifest;
  manifest.put("schemaVersion", Json(std::int64_t{2}))
      .text("mediaType", manifest_type)
      .put("config", descriptor(image.config).json())
      .put("layers", Json(std::move(layers)));
  if (!annotations.empty()) {
    manifest.put("annotations", json_of(annotations));
  }
  return json_blob(manifest_type, manifest.json());
}

Json index_entry(const BuiltImage& image, const std::string& tag) {
  return descriptor(image.manifest)
      .put("platform",
           Members()
               .text("architecture", image.platform.architecture)
               .text("os", image.platform.os)
               .text("variant", image.platform.variant)
               .json())
      .put("annotations", json_of(Annotations{{"org.opencontainers.image.ref.name", tag}}))
      .json();
}

Json index_json(JsonList manifests) {
  return Members()
      .put("schemaVersion", Json(std::int64_t{2}))
      .text("mediaType", index_type)
      .put("manifests", Json(std::move(manifests)))
      .json();
}

// ------------------------------------------------------------------------------------------------
// layers

const char* layer_type(Compression compression) {
  switch (compression) {
  case Compression::gzip:
    return "application/vnd.oci.image.layer.v1.tar+gzip";
  case Compression::zstd:
    return "application/vnd.oci.image.layer.v1.tar+zstd";
  case Compression::none:
    break;
  }
  return "application/vnd.oci.image.layer.v1.tar";
}

/// The folders of programs that the user named, where they are the app's own: /app for
/// /app/bin/server, none for /usr/bin/git.
std::set<RootPath> own_folders(const Report& report) {
  constexpr std::array<std::string_view, 5> shared = {"/", "/usr", "/usr/local", "/opt", "/srv"};
  std::set<RootPath> folders;
  for (const NamedProgram& program : report.programs) {
    RootPath folder = program.path.parent();
    if (folder.name() == "bin" || folder.name() == "sbin" || folder.name() == "lib") {
      folder = folder.parent();
    }
    if (std::ranges::find(shared, folder.text()) == shared.end() &&
        !folder.is_in(RootPath::trusted("/usr/lib"))) {
      folders.insert(folder);
    }
  }
  return folders;
}

/// Whether an entry belongs to what the user wrote, and not to what that needs.
class App {
public:
  explicit App(const Report& report) : report_(report), folders_(own_folders(report)) {}

  bool owns(const LayoutEntry& entry) const {
    if (!entry.source || entry.path != *entry.source ||
        entry.path.text() == "/etc/ld.so.cache") { // it lists the app's libraries too
      return true;
    }
    const ReportFile* file = report_.find(*entry.source);
    return file == nullptr ||
           std::ranges::find(file->reasons, by_user, &Reason::by) != file->reasons.end() ||
           std::ranges::any_of(folders_,
                               [&](const RootPath& folder) { return entry.path.is_in(folder); });
  }

private:
  const Report& report_;
  std::set<RootPath> folders_;
};

/// The entries of one layer, with the folders that they need. Where a folder is in both, the upper
/// one says how it is: in the lower one it has no time of its own, which new files in it would
/// change.
std::vector<LayoutEntry>
part_of_layout(const std::vector<LayoutEntry>& all, const App& app, bool of_app) {
  std::set<RootPath> folders;
  std::vector<bool> chosen(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_folder = all[i].stat.type == FileType::directory;
    chosen[i] = of_app ? is_folder || app.owns(all[i]) : !is_folder && !app.owns(all[i]);
    if (chosen[i] && !is_folder) {
      for (RootPath folder = all[i].path.parent(); folders.insert(folder).second;
           folder = folder.parent()) {
      }
    }
  }
  std::vector<LayoutEntry> part;
  std::map<std::size_t, std::size_t> places; // of a file's first name in this layer, by that in all
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_parent = !of_app && folders.contains(all[i].path);
    if (!chosen[i] && !is_parent) {
      continue;
    }
    LayoutEntry entry = all[i];
    if (is_parent) {
      entry.stat.modified = 0;
      entry.stat.modified_nanoseconds = 0;
    }
    const auto [first, is_new] = places.try_emplace(entry.first.value_or(i), part.size());
    entry.first = is_new ? std::nullopt : std::optional(first->second);
    part.push_back(std::move(entry));
  }
  return part;
}

} // namespace

BuiltImage build_image(const RootContents& contents,
                       const ImagePlan& plan,
                       const WriteOptions& options,
                       std::vector<Warning>& said) {
  const std::vector<LayoutEntry> entries = lay_out(contents, options, said);
  BuiltImage image;
  ImageConfig config = plan.config;
  config.diff_ids.clear();
  config.history.clear();
  const auto add_layer = [&](const std::vector<LayoutEntry>& of_layer, const char* what) {
    TemporarySink file(plan.temporary_folder);
    HashSink packed(file);
    const std::unique_ptr<ByteSink> packer = compress_to(packed, plan.compression);
    HashSink tar(packer ? *packer : static_cast<ByteSink&>(packed));
    write_tar(contents.root, of_layer, tar);
    image.layers.push_back({layer_type(plan.compression), packed.digest(), file.bytes()});
    config.diff_ids.push_back(tar.digest());
    config.history.push_back(
        {.created = config.created, .created_by = "pare image", .comment = what});
  };
  if (plan.split_app) {
    const App app(contents.report);
    add_layer(part_of_layout(entries, app, false), "what the programs need");
    add_layer(part_of_layout(entries, app, true), "the programs");
  } else {
    add_layer(entries, "the programs and what they need");
  }
  image.platform = config.platform;
  image.created = parse_rfc3339(config.created).value_or(0);
  image.config = json_blob(config_type, config_json(config));
  image.manifest = manifest_blob(image, plan.annotations);
  return image;
}

// ------------------------------------------------------------------------------------------------
// where it is written

void write_oci_archive(const BuiltImage& image, const std::string& file, const std::string& tag) {
  const auto text = [](std::string bytes) {
    return std::make_shared<MemoryBytes>(std::move(bytes));
  };
  ArchiveFiles files;
  std::string index;
  index_json({index_entry(image, tag)}).append_to(index);
  files[RootPath::trusted("/index.json")] = text(std::move(index));
  files[RootPath::trusted("/oci-layout")] = text(layout_text);
  const RootPath folder = RootPath::trusted("/blobs/sha256");
  for (const ImageBlob* blob : {&image.manifest, &image.config}) {
    files[folder / blob->digest.substr(7)] = blob->bytes;
  }
  for (const ImageBlob& layer : image.layers) {
    files[folder / layer.digest.substr(7)] = layer.bytes;
  }
  write_archive(files, image.created, file);
}

namespace {

/// What was made in a folder, so that it can be taken away again.
class LayoutFolder {
public:
  explicit LayoutFolder(const std::string& folder) : top_(folder) {}
  LayoutFolder(const LayoutFolder&) = delete;
  LayoutFolder& operator=(const LayoutFolder&) = delete;
  ~LayoutFolder() {
    for (auto path = made_.rbegin(); path != made_.rend(); ++path) {
      remove(path->c_str());
    }
  }

  void add_folder(const std::string& name) {
    const std::string path = top_ + name;
    if (mkdir(path.c_str(), 0777) == 0) {
      made_.push_back(path);
    } else if (errno != EEXIST) {
      throw output_failure(path, errno);
    }
  }

  void add_file(const std::string& name, const ByteSource& bytes) {
    const std::string path = top_ + name;
    std::error_code ignored;
    const bool is_new = !std::filesystem::exists(path, ignored);
    OutputFile file(path);
    std::vector<std::byte> buffer(std::size_t{1} << 20);
    for (std::uint64_t offset = 0; offset < bytes.size();) {
      const std::size_t count = bytes.read_at(offset, buffer);
      file.write(std::span(buffer).first(count));
      offset += count;
    }
    file.finish();
    if (is_new) {
      made_.push_back(path);
    }
  }

  void add_blob(const ImageBlob& blob) {
    add_file("/blobs/sha256/" + blob.digest.substr(7), *blob.bytes);
  }

  void keep() { made_.clear(); }

private:
  std::string top_;
  std::vector<std::string> made_;
};

/// The manifests of a layout that is there already, less the one of that tag.
JsonList manifests_beside(const std::string& folder, const std::string& tag) {
  const std::string path = folder + "/index.json";
  std::error_code ignored;
  if (!std::filesystem::exists(folder + "/oci-layout", ignored)) {
    if (std::filesystem::exists(folder, ignored) && !std::filesystem::is_empty(folder, ignored)) {
      throw OutputError(folder + ": is not empty, and is no OCI layout");
    }
    return {};
  }
  JsonList manifests;
  try {
    const Json index = parse_json(read_all(*open_host_file(path), most_json));
    for (const Json& manifest : index["manifests"].list()) {
      if (manifest["annotations"]["org.opencontainers.image.ref.name"].text() != tag) {
        manifests.push_back(manifest);
      }
    }
  } catch (const InputError& error) {
    throw OutputError(fmt::format("{}: cannot be added to: {}", folder, error.what()));
  }
  return manifests;
}

} // namespace

void write_oci_layout(const BuiltImage& image, const std::string& folder, const std::string& tag) {
  JsonList manifests = manifests_beside(folder, tag);
  manifests.push_back(index_entry(image, tag));
  LayoutFolder layout(folder);
  layout.add_folder("");
  layout.add_folder("/blobs");
  layout.add_folder("/blobs/sha256");
  for (const ImageBlob& layer : image.layers) {
    layout.add_blob(layer);
  }
  layout.add_blob(image.config);
  layout.add_blob(image.manifest);
  layout.add_file("/oci-layout", MemoryBytes(layout_text));
  std::string index;
  index_json(std::move(manifests)).append_to(index);
  layout.add_file("/index.json", MemoryBytes(std::move(index))); // from here on it is there
  layout.keep();
}

} // namespace pare
