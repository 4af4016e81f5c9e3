#pragma once
// The answer, frozen: plain data in the contract's words, sorted, the same for the same input. The
// enumerators are the contract's words; report/words.hpp has the one table that maps them to text.

#include <pare/root.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pare {

enum class Confidence : std::uint8_t {
  possible,
  likely,
  certain
}; ///< Ordered: a chain is as good as its weakest edge.

enum class FileKind : std::uint8_t { program, interpreter, library, data, symlink, directory };

enum class ReasonKind : std::uint8_t {
  program,     ///< The user named it.
  interpreter, ///< PT_INTERP, or the `#!` line.
  needed, ///< The dynamic loader asks for it: DT_NEEDED and its kin, preloads, the loader's own
          ///< files.
  dlopen_note, ///< .note.dlopen.
  dlopen_call, ///< A call of dlopen with this name.
  dlopen_string,
  path_call,
  path_string,
  module,
  rule,
  traced,
  include, ///< --include.
  with,    ///< --with.
  symlink, ///< A hop on the way to a file that was asked for.
  parent,  ///< A folder on the way to a file that was taken.
};

constexpr std::uint32_t by_user = UINT32_MAX; ///< As Reason::by: the user asked.

/// One edge of the graph: who asked for a file, and how.
struct Reason {
  ReasonKind kind = ReasonKind::program;
  std::uint32_t by = by_user;                  ///< The file that asked: its place in Report::files.
  std::string detail;                          ///< The name as it was asked for: "libc.so.6".
  Confidence confidence = Confidence::certain; ///< Of this edge alone.

  auto operator<=>(const Reason&) const = default;
};

/// One way in which a file is looked up: "/lib/x86_64-linux-gnu/libz.so.1".
struct FileName {
  RootPath asked; ///< The path as the loader or the kernel opens it, `.` and `..` taken out.
  RootPath entry; ///< The same with its folders' symlinks resolved: a symlink, or the file itself.

  auto operator<=>(const FileName&) const = default;
};

struct ReportFile {
  RootPath path;                  ///< Its real path in the root that was looked at.
  std::optional<RootPath> lay_at; ///< Where --include PATH=DST lays it; nullopt: at `path`.
  FileKind kind = FileKind::data;
  Stat stat; ///< Of a symlink only type, mode and size: whoever lays it out asks the root for more.
  std::string target;  ///< Of a symlink: its text as stored.
  std::string sha256;  ///< 64 hex digits with --digests; else empty.
  std::string package; ///< With --packages; else empty.
  Confidence confidence =
      Confidence::certain;     ///< The best over its chains of the weakest edge in the chain.
  std::vector<Reason> reasons; ///< Sorted, no doubles, never empty.
  std::vector<FileName> names; ///< Sorted. Empty: by its real path alone.

  const RootPath& destination() const { return lay_at ? *lay_at : path; }
  bool is_regular() const { return kind != FileKind::symlink && kind != FileKind::directory; }
};

enum class MissingKind : std::uint8_t {
  needed,
  version,
  symbol,
  interpreter,
  dlopen_note,
  program
};

struct Missing {
  std::string name; ///< A soname, a symbol version, a path.
  std::string by;   ///< The real path of the file that asked.
  MissingKind kind = MissingKind::needed;
  Confidence confidence = Confidence::certain;
  std::string
      library; ///< Of a version: the soname of the library that should define it. Else empty.
  std::string
      found; ///< Of a version: the real path of the library that does not define it. Else empty.
  std::vector<std::string> tried; ///< The folders that were looked in, in order.
  bool allowed = false;           ///< --allow-missing names it: told, but no fault.
};

/// A library that the operating system brings, and no file of the root.
struct SystemLibrary {
  std::string name;          ///< As asked for: "KERNEL32.dll".
  std::string by;            ///< The real path of the file that asked.
  std::string provided_by;   ///< The smallest base that has it: nanoserver, servercore or windows.
  bool is_uncertain = false; ///< It is a part of Windows, and no source says of which base.

  auto operator<=>(const SystemLibrary&) const = default;
};

struct Warning {
  std::string path; ///< The file that it is about, or empty.
  std::string message;

  auto operator<=>(const Warning&) const = default;
};

/// What the user named, and how it is started: argv[0] matters to programs like busybox.
struct NamedProgram {
  std::string asked; ///< As the user wrote it.
  std::string
      started;   ///< The absolute path in the root by which it is found, symlinks kept: "/bin/sh".
  RootPath path; ///< The real path: "/usr/bin/dash".
};

struct Report {
  std::string root;                   ///< How the user named the root: "/".
  std::vector<NamedProgram> programs; ///< In the user's order.
  std::vector<ReportFile> files;      ///< Sorted by path.
  std::vector<Missing> missing;       ///< Sorted by name, then by.
  std::vector<SystemLibrary> system;  ///< Sorted by name, then by.
  std::vector<Warning> warnings;
  std::map<std::string, std::string>
      environment; ///< What decided an answer and must be set at run time too.

  /// Regular files: each once, hard links to one file once in `bytes`.
  std::uint64_t file_count = 0;
  std::uint64_t bytes = 0;

  const ReportFile*
  find(const RootPath& path) const; ///< By its real path; null when it is not in the closure.
  /// Whether a file that is certain (what was included is) lacks something that --allow-missing
  /// does not name: exit 1.
  bool lacks_something() const;
};

} // namespace pare
