#pragma once
// The two files that stand beside a .NET program and tell its host what to load: NAME.deps.json and
// NAME.runtimeconfig.json (dotnet/runtime, docs/design/features/host-*.md, sharedfx-lookup.md).

#include <string>
#include <string_view>
#include <vector>

namespace pare {

enum class DotnetAssetKind : unsigned char { assembly, native, resource };

/// A file that the host expects.
struct DotnetAsset {
  DotnetAssetKind kind = DotnetAssetKind::assembly;
  std::string path;    ///< From the program's folder: "Lib.dll", "de/Lib.resources.dll",
                       ///< "runtimes/win-x64/native/e_sqlite3.dll".
  std::string library; ///< Of which package: "Newtonsoft.Json/13.0.3".

  bool operator==(const DotnetAsset&) const = default;
};

/// What NAME.deps.json lists for a machine: `rids` are its names from the closest to the widest
/// ("win-x64", "win", "any"). In the file's order. Throws InputError, without the file's name, when
/// it is no JSON.
std::vector<DotnetAsset> read_dotnet_deps(std::string_view text,
                                          const std::vector<std::string>& rids);

struct DotnetFramework {
  std::string name;    ///< "Microsoft.NETCore.App".
  std::string version; ///< "8.0.0".

  bool operator==(const DotnetFramework&) const = default;
};

struct DotnetRuntimeConfig {
  std::vector<DotnetFramework> frameworks; ///< That must be installed.
  bool is_self_contained = false;          ///< Brings its own.

  bool operator==(const DotnetRuntimeConfig&) const = default;
};

/// Throws InputError likewise.
DotnetRuntimeConfig read_dotnet_runtime_config(std::string_view text);

} // namespace pare
