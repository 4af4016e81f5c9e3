#pragma once
// What one Perl source says that it loads and opens, each with the sub that does so. Read by
// tokens, without running it: quotes, here-documents, patterns and POD are skipped as perlop(1) and
// perldata(1) have them; where perl itself must know what was declared before (is `/` a division?),
// the commoner reading is taken.

#include "finders/modules/name_table.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

enum class PerlTopic : std::uint8_t {
  module,     ///< `use Name`, `require Name`, and what the language itself loads: feature, Errno,
              ///< PerlIO::encoding.
  file,       ///< `require "name.pl"`, `do "name"`.
  computed,   ///< A module whose name the code puts together: "Name::", what it begins with.
  library,    ///< `use lib "name"`: a folder; `$Bin/` at its front is the script's own.
  compiled,   ///< XSLoader or DynaLoader: the compiled part of `name`.
  autoloaded, ///< AutoLoader: the subs of `name`, a file each.
  encoding,   ///< `:encoding(name)`, `decode("name", ...)`.
  program,    ///< `system "name"`.
  shell,      ///< A command line with what only a shell understands.
  path,       ///< `open ..., "/name"`.
};

struct PerlNeed {
  PerlTopic topic = PerlTopic::module;
  std::uint32_t unit = 0; ///< Whose code it is: its place in PerlSource::units. What `use` loads is
                          ///< always the file's.
  std::string name;

  bool operator==(const PerlNeed&) const = default;
};

/// The code of a sub; the first unit is the file itself.
struct PerlUnit {
  std::string name; ///< Without its package. Empty: the file's.
  std::uint32_t parent = 0;
  std::vector<NameNumber>
      mentions; ///< Identifiers in its code, without sigils and packages; some may come twice.
  std::vector<std::string> modules; ///< Strings that look like the name of a module: "Name::Name".
};

struct PerlSource {
  std::vector<PerlUnit> units;       ///< Never empty.
  std::vector<PerlNeed> needs;       ///< In the order of the text.
  std::vector<std::string> packages; ///< `package Name`, in the order of the text.
  std::vector<std::string> strings;  ///< Constants of up to 200 bytes.
  bool computes_modules = false;     ///< Loads modules by names of which nothing is known.
  std::string damage; ///< Not empty: why it cannot be read further; what came before stands.
};

/// `text` must not exceed 16 MiB. Throws nothing. Time and memory grow linearly with the text;
/// blocks nest up to 1,000 deep.
PerlSource read_perl(std::string_view text, NameTable& names);

} // namespace pare
