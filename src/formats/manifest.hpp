#pragma once
// What a side-by-side manifest and an .exe.config say of other files.

#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// `assemblyIdentity` ("Application Manifests", learn.microsoft.com/windows/win32/sbscs).
struct SideBySideName {
  std::string name;     ///< "Microsoft.Windows.Common-Controls".
  std::string version;  ///< "6.0.0.0".
  std::string language; ///< Empty: neutral; "*" is, too.

  bool operator==(const SideBySideName&) const = default;
};

struct Manifest {
  SideBySideName own;
  std::vector<SideBySideName> dependencies; ///< Each must be there, or the program does not start.
  std::vector<std::string> files; ///< Of the assembly: names beside the manifest, in order.

  bool operator==(const Manifest&) const = default;
};

/// Never throws: what is no XML gives nothing.
Manifest read_manifest(std::string_view text);

/// The runtime section of a .NET Framework program's configuration ("Runtime settings schema").
struct DotnetConfig {
  std::vector<std::string> private_paths; ///< Folders below the program's, with `\` or `/`.

  bool operator==(const DotnetConfig&) const = default;
};
DotnetConfig read_dotnet_config(std::string_view text);

} // namespace pare
