#pragma once
// What one Ruby source names: features that it requires, gems, encodings, programs.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pare {

struct RubyRequire {
  enum class Kind : std::uint8_t {
    feature,  ///< require, autoload: looked up in $LOAD_PATH, then in gems.
    relative, ///< require_relative: from the source's folder.
    file,     ///< load: a file name with its ending.
    folder,   ///< Dir["…/*.rb"]: an absolute path up to the first part with a star.
  };
  Kind kind = Kind::feature;
  std::string name;     ///< '\0' stands for whatever is computed when the program runs.
  std::string constant; ///< Of autoload: the constant that loads it.
  bool is_lazy = false; ///< Inside of a method: not done when the source is loaded.

  bool is_computed() const { return name.find('\0') != std::string::npos; }
  auto operator<=>(const RubyRequire&) const = default;
};

struct RubyNeeds {
  std::vector<RubyRequire> requires_;  ///< In the order of the source.
  std::vector<std::string> load_paths; ///< Folders that are added to $LOAD_PATH: absolute.
  std::vector<std::string> gems;       ///< Of `gem 'name'`.
  std::vector<std::pair<std::string, std::string>>
      gem_programs;                   ///< Of Gem.activate_bin_path: gem, program.
  std::vector<std::string> encodings; ///< Names as written: "Shift_JIS", "EUC_JP".
  std::vector<std::string> programs;  ///< Of system, exec, spawn, `…`, IO.popen, Open3.
  std::vector<std::string> files;     ///< Absolute paths that are read.
  bool requires_bundle = false;       ///< Bundler.require: every gem of the Gemfile.
  bool loads_by_name = false; ///< Zeitwerk, or ActiveSupport::Autoload: constants load files of a
                              ///< folder of its name.
};

/// `path`: the source's real path. Anything is read as far as it can be understood.
RubyNeeds read_ruby(std::string_view text, const std::string& path);

} // namespace pare
