#include "base/bytes.hpp"
#include "cli/commands.hpp"
#include "cli/image_config.hpp"
#include "outputs/docker_archive.hpp"
#include "outputs/oci.hpp"
#include "outputs/tree.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace pare {
namespace {

struct ImageArguments {
  ClosureArguments closure;
  MadeArguments made;
  ConfigArguments config;
  std::string layers = "one";
  std::string compression;
};

/// "oci:DIR[:TAG]"
struct Destination {
  std::string transport;
  std::string place;
  std::string tag;
};

Destination parse_destination(const std::string& text) {
  const std::size_t colon = text.find(':');
  Destination to{.transport = text.substr(0, colon)};
  if (to.transport != "oci" && to.transport != "oci-archive" && to.transport != "docker-archive") {
    throw UsageError(fmt::format(
        "-o {}: expected oci:DIR[:TAG], oci-archive:FILE[:TAG] or docker-archive:FILE[:NAME:TAG]",
        text));
  }
  const std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
  const std::size_t second = rest.find(':');
  to.place = rest.substr(0, second);
  to.tag = second == std::string::npos ? "" : rest.substr(second + 1);
  if (to.place.empty()) {
    throw UsageError(fmt::format("-o {}: expected a path after {}:", text, to.transport));
  }
  if (to.transport != "docker-archive") {
    to.tag = to.tag.empty() ? "latest" : to.tag; // what umoci and podman look for
  } else if (!to.tag.empty() && to.tag.find(':', to.tag.rfind('/') + 1) == std::string::npos) {
    to.tag += ":latest"; // docker load takes no name without a tag
  }
  return to;
}

Compression compression_of(const ImageArguments& arguments, const Destination& to) {
  const bool for_docker = to.transport == "docker-archive"; // whose layers docker save never packs
  const std::string& name = arguments.compression;
  if (for_docker && !name.empty() && name != "none") {
    throw UsageError(
        fmt::format("--compression {}: layers of a docker-archive are not packed", name));
  }
  return name == "none" || for_docker ? Compression::none
         : name == "zstd"             ? Compression::zstd
                                      : Compression::gzip;
}

/// When the image was made, for all that it has no other time for: SOURCE_DATE_EPOCH, the source
/// image's, or that of the newest file.
std::int64_t creation_time(const Computed& computed) {
  if (const std::optional<std::int64_t> told = source_date_epoch()) {
    return *told;
  }
  if (computed.image) {
    if (const std::optional<std::int64_t> created = parse_rfc3339(computed.image->config.created)) {
      return *created;
    }
  }
  std::int64_t newest = 0;
  for (const ReportFile& file : computed.report.files) {
    newest = file.is_regular() ? std::max(newest, file.stat.modified) : newest;
  }
  return newest;
}

/// What a container needs to start: the folder that it starts in, and those that it mounts.
void add_needed_folders(std::vector<MadeEntry>& entries,
                        const Computed& computed,
                        const ImageConfig& config) {
  std::vector<std::string> folders = config.volumes;
  folders.push_back(config.working_folder);
  for (const std::string& folder : folders) {
    std::optional<MadeEntry> entry = needed_folder(computed, folder);
    if (entry && std::ranges::find(entries, entry->path, &MadeEntry::path) == entries.end()) {
      entries.push_back(std::move(*entry));
    }
  }
}

/// A builder's accounts come along where a program asks for them. Their password hashes are a
/// secret that an image hands around.
void warn_of_passwords(const Computed& computed, std::vector<Warning>& said) {
  constexpr std::size_t shortest_hash = 13; // descrypt's (crypt(5)); "*" and "!" stand for none
  for (const char* path : {"/etc/shadow", "/etc/gshadow"}) {
    const ReportFile* const file = computed.report.find(RootPath::trusted(path));
    const std::optional<Root::Opened> opened =
        file == nullptr ? std::nullopt : computed.root->open(file->path);
    const Bytes text = opened ? read_bytes(*opened->bytes, 0, std::size_t{1} << 20) : Bytes();
    std::size_t hashes = 0;
    for (std::string_view rest = text.view(); !rest.empty();) { // name:password:...
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      const std::size_t name = std::min(line.find(':'), line.size());
      const std::size_t end = std::min(line.find(':', name + 1), line.size());
      hashes += end - name > shortest_hash ? 1 : 0;
    }
    if (hashes > 0) {
      said.push_back({path,
                      fmt::format("holds {} password hash{}, and an image is handed around: "
                                  "--exclude {} leaves it out",
                                  hashes,
                                  hashes == 1 ? "" : "es",
                                  path)});
    }
  }
}

Annotations annotations_of(const Computed& computed) {
  Annotations annotations;
  if (computed.image && !computed.image->name.empty()) {
    annotations["org.opencontainers.image.base.name"] = computed.image->name;
  }
  if (computed.image && !computed.image->digest.empty()) {
    annotations["org.opencontainers.image.base.digest"] = computed.image->digest;
  }
  return annotations;
}

ExitCode run_image(ImageArguments& arguments) {
  const Destination to = parse_destination(arguments.closure.output);
  const Compression compression = compression_of(arguments, to);
  tell_command(arguments.config, arguments.closure);
  const Computed computed = compute(arguments.closure, true);

  ImagePlan plan;
  plan.config = result_config(arguments.config, arguments.made, arguments.closure, computed);
  plan.compression = compression;
  plan.split_app = arguments.layers == "libs,app";
  plan.temporary_folder = temporary_folder();
  plan.annotations = annotations_of(computed);
  const std::int64_t created = creation_time(computed);
  plan.config.created = rfc3339(created);

  arguments.made.image_user = plan.config.user;
  std::vector<Warning> said;
  warn_of_passwords(computed, said);
  std::vector<MadeEntry> made = made_entries(arguments.made, arguments.closure, computed, said);
  add_needed_folders(made, computed, plan.config);
  const RootContents contents{computed.report, *computed.root, std::move(made)};
  const BuiltImage image = build_image(contents, plan, {.source_date_epoch = created}, said);
  if (to.transport == "oci") {
    write_oci_layout(image, to.place, to.tag);
  } else if (to.transport == "oci-archive") {
    write_oci_archive(image, to.place, to.tag);
  } else {
    write_docker_archive(image, to.place, to.tag);
  }
  if (!arguments.closure.quiet) {
    for (const Warning& warning : said) {
      say(fmt::format(
          "warning: {}{}{}", warning.path, warning.path.empty() ? "" : ": ", warning.message));
    }
    say(fmt::format("{}: {}", arguments.closure.output, summary_line(computed.report)));
  }
  return computed.report.lacks_something() ? ExitCode::no : ExitCode::yes;
}

} // namespace

Run set_up_image(OptionList& options) {
  const auto arguments = std::make_shared<ImageArguments>();
  add_closure_options(options, arguments->closure, nullptr);
  options.value(
      "-o,--output",
      arguments->closure.output,
      "DEST",
      "oci:DIR[:TAG] (a layout that is there gets one image more), oci-archive:FILE[:TAG] "
      "or docker-archive:FILE[:NAME:TAG]",
      true);
  arguments->made.metadata = "packages";
  add_made_options(options, arguments->made, arguments->closure);
  add_config_options(options, arguments->config);
  options.choice(
      "--layers",
      arguments->layers,
      "LAYERS",
      "one (default), or libs,app: what you named gets a layer of its own, above what it "
      "needs",
      {"one", "libs,app"});
  options.choice("--compression",
                 arguments->compression,
                 "HOW",
                 "Of layers: gzip (default), zstd, none",
                 {"gzip", "zstd", "none"});
  return [arguments] { return run_image(*arguments); };
}

} // namespace pare
