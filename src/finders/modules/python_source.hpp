#pragma once
// What one Python source says that it imports, loads and opens, each with the function that does
// so. Read by tokens and by the nesting of blocks, without running or fully parsing it (The Python
// Language Reference, 2. Lexical analysis). Branches that a Linux system with this Python never
// takes are left out: TYPE_CHECKING, other platforms, other versions, and the `except ImportError:`
// of an import that succeeds.

#include "finders/modules/name_table.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

enum class PythonTopic : std::uint8_t {
  module,       ///< `import name`, `from name import member`, `import_module("name")`.
  computed,     ///< An import whose name the code computes; `name` is what it begins with:
                ///< "package.plugins.", or empty.
  encoding,     ///< `.encode("name")`, `encoding="name"`.
  library,      ///< `CDLL("name")`.
  find_library, ///< `find_library("name")`.
  program,      ///< `run(["name", ...])`, `which("name")`.
  shell,        ///< `system("name")`: a command line for /bin/sh; empty: one that is computed.
  path,         ///< `open("/name")`.
  distribution, ///< `version("name")`, `load_entry_point("name", "member", ...)`; empty: of this
                ///< package itself; "*": all that are installed.
  entry_points, ///< `entry_points(group="name")`; empty: of every group.
  zone,         ///< `ZoneInfo("name")`; empty: computed.
  resource,     ///< `files("name")`, `get_data("name", "member")`: data of a package.
};

struct PythonNeed {
  PythonTopic topic = PythonTopic::module;
  std::uint8_t level = 0; ///< Of a module: the dots in front of it.
  bool is_lazy_attribute =
      false; ///< In a module's `__getattr__` (PEP 562): only for whom `member` matters.
  bool is_unlikely =
      false; ///< In an `except Exception:`, or what helps another handler to tell of a failure.
  std::uint32_t unit = 0; ///< Whose code it is: its place in PythonSource::units.
  std::string name;
  std::string member; ///< Of `from name import member`; `*` is none.

  bool operator==(const PythonNeed&) const = default;
};

/// The code of a function without that of functions inside it; the first unit is the module itself.
/// The body of an `if name == "x":` in a module's `__getattr__` is a unit of the name x, and so is
/// what a module's variable x is set to, where that is no call: functions in a table are called
/// through it.
struct PythonUnit {
  std::string name;       ///< Empty: the module's.
  std::string class_name; ///< Of a method: the innermost class. Else empty.
  bool class_is_plain =
      true; ///< It has no base but `object`: nothing can register it behind our back.
  std::uint32_t parent = 0; ///< The unit that defines it.
  bool is_registered =
      false; ///< Has a decorator that may hand it to somebody who calls it without naming it.
  bool is_shadowed =
      false; ///< The module imports something else under its name, or its class's, later on.
  std::vector<NameNumber> mentions; ///< Identifiers in its code; some may come twice.
  std::vector<std::string> strings; ///< Constants up to 200 bytes, escapes as written; of a
                                    ///< computed one what it begins with.
};

struct PythonSource {
  std::vector<PythonUnit> units; ///< Never empty.
  std::vector<PythonNeed> needs; ///< In the order of the text.
  bool computes_imports = false; ///< Imports modules by names of which nothing is known.
  bool reflects = false;         ///< Gets attributes by name: a string may be the name of one.
  bool uses_own_place = false;   ///< `__file__` and its kin: strings may name files beside it.
  std::string encoding;          ///< Of the coding cookie (PEP 263); empty: UTF-8.
  std::string damage; ///< Not empty: why it cannot be read further; what came before stands.
};

struct PythonReading {
  std::string_view module = {}; ///< Its name.
  int minor = 11;               ///< Of Python 3.
  bool is_main = false;         ///< Runs as `__main__`.
  /// Whether an import succeeds: the dots in front, and the dotted name.
  std::function<bool(int level, std::string_view module)> exists;
};

/// Names of functions that modules have for `python -m` and that say nothing by themselves: units
/// also mention "module.main" where they take this function from a module.
bool is_command_line(std::string_view function);

/// The table that read_python() needs: it begins with the names that the reader knows.
NameTable python_names();

/// `text` must not exceed 16 MiB. Throws nothing. Time and memory grow linearly with the text;
/// blocks nest up to 200 deep (CPython: 100 indentation levels, Parser/tokenizer.h, MAXINDENT).
PythonSource read_python(std::string_view text, const PythonReading& reading, NameTable& names);

} // namespace pare
