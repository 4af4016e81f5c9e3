#pragma once
// What one JavaScript source names: modules, files, programs. Read by tokens (ECMA-262, 12), as
// CommonJS and as a module at once: which of the two it is, package.json says, and the calls tell
// themselves apart.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// Where a source lies, and what is known of the process that runs it.
struct JsPlace {
  std::string path;           ///< Its real path: __filename.
  std::string working_folder; ///< process.cwd()
  std::string arch;           ///< process.arch: "x64", "arm64"; empty: not known.
  const std::map<std::string, std::string>* environment =
      nullptr; ///< process.env; null: not known.
};

/// A text in which '\0' stands for whatever is computed when the program runs.
struct JsText {
  std::string text;
  std::string detail; ///< "require 'x'": how the source says it.

  bool is_computed() const { return text.find('\0') != std::string::npos; }
  auto operator<=>(const JsText&) const = default;
};

/// In the order of the source, doubles and all.
struct JsNeeds {
  std::vector<JsText> requires_; ///< Of require(), require.resolve(): resolved as CommonJS.
  std::vector<JsText> imports;   ///< Of import, export … from, import(), import.meta.resolve().
  std::vector<JsText> files;     ///< Absolute paths that are read, run as a worker, or loaded.
  std::vector<JsText> folders;   ///< Absolute paths of folders that are listed or served.
  std::vector<JsText> programs;  ///< As execvp(3) looks them up.
  bool loads_addon = false; ///< By bindings, node-gyp-build, node-pre-gyp: one of its package's.
  std::string addon;        ///< The name that bindings is called with; empty: any.
};

/// Anything is read as far as it can be understood; nesting is followed for 100 levels. Time is in
/// proportion to the size.
JsNeeds read_javascript(std::string_view text, const JsPlace& place);

} // namespace pare
