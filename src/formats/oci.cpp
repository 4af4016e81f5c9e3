#include "formats/oci.hpp"

#include "base/json.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <sys/utsname.h>

namespace pare {

namespace {

constexpr std::size_t most_blobs = 1000;
constexpr std::size_t most_history = 10000;

/// Only SHA-256: the one algorithm that all images use. With it a name holds no slash.
std::string digest_in(const Json& value) {
  const std::string& text = value.text();
  const std::string_view hex = std::string_view(text).substr(std::min<std::size_t>(7, text.size()));
  if (!text.starts_with("sha256:") || hex.size() != 64 ||
      hex.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    throw InputError(fmt::format("names a blob by {:?}, which is no SHA-256 digest", text));
  }
  return text;
}

std::vector<std::string> strings(const Json& value) {
  std::vector<std::string> all;
  for (const Json& each : value.list()) {
    all.push_back(each.text());
  }
  return all;
}

std::map<std::string, std::string> string_map(const Json& value) {
  std::map<std::string, std::string> all;
  for (const auto& [name, each] : value.members()) {
    all.insert_or_assign(name, each.text());
  }
  return all;
}

/// {"80/tcp": {}}: a set.
std::vector<std::string> names_of(const Json& value) {
  std::vector<std::string> all;
  for (const auto& [name, each] : value.members()) {
    all.push_back(name);
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

BlobDescriptor descriptor_in(const Json& value) {
  BlobDescriptor blob;
  blob.media_type = value["mediaType"].text();
  blob.digest = digest_in(value["digest"]);
  const std::int64_t size = value["size"].number(-1);
  if (size < 0) {
    throw InputError(fmt::format("gives no size of {}", blob.digest));
  }
  blob.size = static_cast<std::uint64_t>(size);
  if (const Json& platform = value["platform"]; platform.is_object()) {
    blob.platform = Platform{
        platform["os"].text(), platform["architecture"].text(), platform["variant"].text()};
  }
  blob.annotations = string_map(value["annotations"]);
  return blob;
}

std::vector<BlobDescriptor> descriptors_in(const Json& list, std::string_view what) {
  if (list.list().size() > most_blobs) {
    throw InputError(fmt::format("has more than {} {}", most_blobs, what));
  }
  std::vector<BlobDescriptor> all;
  for (const Json& value : list.list()) {
    all.push_back(descriptor_in(value));
  }
  return all;
}

Json object_in(std::string_view text) {
  Json value = parse_json(text);
  if (!value.is_object()) {
    throw InputError("is no JSON object");
  }
  return value;
}

std::string as_variant(const Platform& platform) {
  return platform.architecture == "arm64" && platform.variant.empty() ? "v8" : platform.variant;
}

} // namespace

std::string Platform::text() const {
  return variant.empty() ? fmt::format("{}/{}", os, architecture)
                         : fmt::format("{}/{}/{}", os, architecture, variant);
}

bool Platform::fits(const Platform& wanted) const {
  const std::string mine = as_variant(*this), other = as_variant(wanted);
  return os == wanted.os && architecture == wanted.architecture &&
         (mine == other || mine.empty() || other.empty());
}

Platform parse_platform(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::size_t second = slash == std::string::npos ? slash : text.find('/', slash + 1);
  Platform platform;
  platform.os = text.substr(0, slash);
  if (slash != std::string::npos) {
    platform.architecture = text.substr(slash + 1, second - slash - 1);
    platform.variant = second == std::string::npos ? "" : text.substr(second + 1);
  }
  if (platform.os.empty() || platform.architecture.empty()) {
    throw UsageError(fmt::format("--platform {}: expected OS/ARCH[/VARIANT]", text));
  }
  return platform;
}

Platform host_platform() {
  utsname host = {};
  uname(&host);
  const std::string_view machine = host.machine;
  // Go's names (GOARCH), which image-spec's config.md asks for.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> names = {{
      {"x86_64", "amd64"},
      {"aarch64", "arm64"},
      {"i686", "386"},
      {"i586", "386"},
      {"armv7l", "arm"},
      {"armv6l", "arm"},
      {"i486", "386"},
      {"armv8l", "arm"},
      {"loongarch64", "loong64"},
  }};
  const auto* const known =
      std::ranges::find(names, machine, &std::pair<std::string_view, std::string_view>::first);
  return {"linux", std::string(known == names.end() ? machine : known->second), ""};
}

std::optional<Platform> platform_of(const ElfMachine& machine) {
  const auto linux_on = [](const char* architecture) {
    return Platform{"linux", architecture, ""};
  };
  switch (machine.machine) {
  case elf::em_x86_64:
    return linux_on("amd64");
  case elf::em_386:
    return linux_on("386");
  case elf::em_aarch64:
    return linux_on("arm64");
  case elf::em_arm:
    return linux_on("arm");
  case elf::em_ppc64:
    return linux_on(machine.big_endian ? "ppc64" : "ppc64le");
  case elf::em_ppc:
    return linux_on("ppc");
  case elf::em_s390:
    return linux_on(machine.is_64 ? "s390x" : "s390");
  case elf::em_riscv:
    return linux_on(machine.is_64 ? "riscv64" : "riscv");
  case elf::em_mips:
    return linux_on(machine.is_64 ? (machine.big_endian ? "mips64" : "mips64le")
                                  : (machine.big_endian ? "mips" : "mipsle"));
  case elf::em_loongarch:
    return linux_on("loong64");
  case elf::em_sparcv9:
    return linux_on("sparc64");
  default:
    return std::nullopt;
  }
}

bool is_index_type(std::string_view media_type) {
  return media_type == "application/vnd.oci.image.index.v1+json" ||
         media_type == "application/vnd.docker.distribution.manifest.list.v2+json";
}

bool is_manifest_type(std::string_view media_type) {
  return media_type == "application/vnd.oci.image.manifest.v1+json" ||
         media_type == "application/vnd.docker.distribution.manifest.v2+json";
}

bool looks_like_index(std::string_view text) {
  const Json index = object_in(text);
  return is_index_type(index["mediaType"].text()) ||
         (index["mediaType"].is_null() && index["manifests"].is_list());
}

ImageIndex read_image_index(std::string_view text) {
  const Json index = object_in(text);
  if (!index["manifests"].is_list()) {
    throw InputError("is no image index: it has no list of manifests");
  }
  return {descriptors_in(index["manifests"], "manifests")};
}

ImageManifest read_image_manifest(std::string_view text) {
  const Json manifest = object_in(text);
  if (manifest["schemaVersion"].number() == 1) {
    throw InputError("is a Docker manifest of schema 1, which is not read");
  }
  if (!manifest["config"].is_object() || !manifest["layers"].is_list()) {
    throw InputError("is no image manifest: it has no config, or no layers");
  }
  ImageManifest read;
  read.config = descriptor_in(manifest["config"]);
  read.layers = descriptors_in(manifest["layers"], "layers");
  read.annotations = string_map(manifest["annotations"]);
  return read;
}

ImageConfig read_image_config(std::string_view text) {
  const Json image = object_in(text);
  if (!image["rootfs"].is_object()) {
    throw InputError("is no config of an image: it has no rootfs");
  }
  ImageConfig config;
  config.created = image["created"].text();
  config.author = image["author"].text();
  config.platform = {image["os"].text(), image["architecture"].text(), image["variant"].text()};
  const Json& run = image["config"];
  config.user = run["User"].text();
  config.exposed_ports = names_of(run["ExposedPorts"]);
  config.environment = strings(run["Env"]);
  config.entrypoint = strings(run["Entrypoint"]);
  config.command = strings(run["Cmd"]);
  config.volumes = names_of(run["Volumes"]);
  config.working_folder = run["WorkingDir"].text();
  config.labels = string_map(run["Labels"]);
  config.stop_signal = run["StopSignal"].text();
  config.shell = strings(run["Shell"]);
  if (const Json& check = run["Healthcheck"]; check.is_object()) {
    config.healthcheck = Healthcheck{.test = strings(check["Test"]),
                                     .interval = check["Interval"].number(),
                                     .timeout = check["Timeout"].number(),
                                     .start_period = check["StartPeriod"].number(),
                                     .start_interval = check["StartInterval"].number(),
                                     .retries = check["Retries"].number()};
  }
  const JsonList& diff_ids = image["rootfs"]["diff_ids"].list();
  const JsonList& history = image["history"].list();
  if (diff_ids.size() > most_blobs || history.size() > most_history) {
    throw InputError(fmt::format(
        "has more than {} layers, or a history of more than {} entries", most_blobs, most_history));
  }
  for (const Json& id : diff_ids) {
    config.diff_ids.push_back(digest_in(id));
  }
  for (const Json& entry : history) {
    config.history.push_back({.created = entry["created"].text(),
                              .created_by = entry["created_by"].text(),
                              .author = entry["author"].text(),
                              .comment = entry["comment"].text(),
                              .empty_layer = entry["empty_layer"].truth()});
  }
  return config;
}

std::vector<std::string> healthcheck_command(const ImageConfig& config) {
  if (!config.healthcheck || config.healthcheck->test.empty()) {
    return {};
  }
  const std::vector<std::string>& test = config.healthcheck->test;
  std::vector<std::string> words;
  if (test[0] == "CMD-SHELL") {
    words = config.shell.empty() ? std::vector<std::string>{"/bin/sh", "-c"} : config.shell;
  } else if (test[0] != "CMD") {
    return {};
  }
  words.insert(words.end(), test.begin() + 1, test.end());
  return words;
}

std::vector<SavedImage> read_saved_images(std::string_view text) {
  const Json list = parse_json(text);
  if (!list.is_list() || list.list().size() > most_blobs) {
    throw InputError("is no list of images");
  }
  std::vector<SavedImage> images;
  for (const Json& each : list.list()) {
    SavedImage image{.config = each["Config"].text(),
                     .tags = strings(each["RepoTags"]),
                     .layers = strings(each["Layers"])};
    if (image.config.empty() || image.layers.size() > most_blobs) {
      throw InputError("names no config of an image, or too many layers");
    }
    images.push_back(std::move(image));
  }
  return images;
}

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  const auto number = [&text](std::size_t at, std::size_t digits) -> int {
    int value = -1;
    if (text.size() >= at + digits) {
      const auto parsed = std::from_chars(text.data() + at, text.data() + at + digits, value);
      value = parsed.ec == std::errc() && parsed.ptr == text.data() + at + digits ? value : -1;
    }
    return value;
  };
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' ||
      text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  const std::chrono::year_month_day day(std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(8, 2))));
  if (number(0, 4) < 0 || !day.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60) {
    return std::nullopt;
  }
  std::int64_t seconds =
      std::int64_t{std::chrono::sys_days(day).time_since_epoch().count()} * 86400 + hour * 3600 +
      minute * 60 + second;
  std::size_t at = 19;
  if (text[at] == '.') {
    at = std::min(text.find_first_not_of("0123456789", at + 1), text.size());
  }
  const std::string_view zone = text.substr(at);
  if (zone == "Z" || zone == "z") {
    return seconds;
  }
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') {
    return std::nullopt;
  }
  const int zone_hour = number(at + 1, 2), zone_minute = number(at + 4, 2);
  if (zone_hour < 0 || zone_minute < 0) {
    return std::nullopt;
  }
  const int offset = zone_hour * 3600 + zone_minute * 60;
  return zone[0] == '+' ? seconds - offset : seconds + offset;
}

std::string rfc3339(std::int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day day(days);
  const std::chrono::hh_mm_ss clock(time - days);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                     static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()),
                     clock.hours().count(),
                     clock.minutes().count(),
                     clock.seconds().count());
}

} // namespace pare
