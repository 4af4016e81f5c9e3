#pragma once
// What Windows itself provides, as far as it is known (rules/windows).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// Base images of Windows containers, each holding what those before it hold.
enum class WindowsImage : std::uint8_t { nanoserver, servercore, windows };

/// "nanoserver": the word of the report.
std::string_view word(WindowsImage image);

struct SystemEntry {
  WindowsImage image = WindowsImage::windows; ///< The smallest that has it.
  bool is_certain = false; ///< A source says that this image has it; else it is part of Windows,
                           ///< and nobody says where it begins.

  bool operator==(const SystemEntry&) const = default;
};

/// A library that is installed with a package of its own: Microsoft's C++ runtime and the like.
struct Redistributable {
  std::string package; ///< "Microsoft Visual C++ 2015-2022 Redistributable".
  std::string source;  ///< Where it is to be had.
};

/// All names are given in small letters, with their ending ("kernel32.dll").
class WindowsSystem {
public:
  /// The built-in knowledge, read when it is first asked for.
  static const WindowsSystem& built_in();

  /// nullopt: no library of Windows.
  std::optional<SystemEntry> find(std::string_view name) const;

  /// Whether Windows always takes its own (KnownDLLs).
  bool is_known_dll(std::string_view name) const;

  /// Names that stand for whichever library has the functions: "api-ms-win-crt-math-l1-1-0.dll". No
  /// file of that name is looked for ("Windows API sets", learn.microsoft.com).
  static bool is_api_set(std::string_view name);

  /// Null: none is known to bring it.
  const Redistributable* redistributable(std::string_view name) const;

  /// Whether a file with the ending of `asker` ("x.node") finds `name` in the program that loads
  /// it.
  bool is_host(std::string_view asker, std::string_view name) const;

  /// The base that runs a program of a side-by-side assembly ("microsoft.windows.common-controls").
  std::optional<SystemEntry> find_assembly(std::string_view name) const;

  /// Whether .NET Framework brings the assemblies that are signed with this key.
  bool is_framework_token(std::string_view public_key_token) const;

private:
  WindowsSystem();
  struct Pattern {
    std::string glob;
    SystemEntry entry;
  };
  static std::optional<SystemEntry> match(const std::vector<Pattern>& patterns,
                                          std::string_view name);

  std::vector<std::pair<std::string, SystemEntry>> libraries_; // sorted by name, each once
  std::vector<Pattern> patterns_, assemblies_;
  std::vector<std::string> known_dlls_; // sorted
  std::vector<std::pair<std::string, Redistributable>> redistributables_;
  std::vector<std::pair<std::string, std::string>> hosts_; // asker's glob, name's glob
  std::vector<std::string> framework_tokens_;
};

} // namespace pare
