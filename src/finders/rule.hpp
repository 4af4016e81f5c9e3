#pragma once
// A rule: what is known of a library or program that no file says in so many words. rules/README.md
// tells how one is written; the texts below are as they stand there.

#include <pare/report.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace pare {

/// What a condition looks at. Those before `environment` are events: they happen while the closure
/// grows, and bind a file that asks. In an alternative the first of them, in this order, leads: its
/// file is the one that asks.
enum class ConditionKind : std::uint8_t {
  call,
  string,
  symbol,
  file,
  needed,
  rule,
  environment,
  unset,
  exists,
  holds,
  defines,
  lacks,
};

/// One key of an alternative. It is met by any of the patterns; `unset` and `lacks` by all of them.
struct Condition {
  ConditionKind kind = ConditionKind::symbol;
  std::vector<std::string> patterns; ///< Of `holds`: a file, and then the texts.

  bool operator==(const Condition&) const = default;
};

/// All must be met. Sorted by kind, one of each, the first an event.
using Alternative = std::vector<Condition>;

enum class BringKind : std::uint8_t {
  path,    ///< Ends in a slash: a folder. Holds `*`, `?` or `[`: a glob. Else a file.
  library, ///< By the loader of the file that asks.
  program, ///< A name in PATH, or a path.
};

/// One thing that a rule asks for.
struct Bring {
  BringKind kind = BringKind::path;
  std::vector<std::string> names; ///< Alternatives: the first that exists.

  bool operator==(const Bring&) const = default;
};

/// What lines of a config file mean.
struct Line {
  std::vector<std::string> match; ///< Any of them (rule_pattern.hpp, LinePattern).
  std::string section;            ///< A pattern over the section's name; empty: any, or none.
  std::vector<std::string> skip;  ///< Patterns over what is captured: such a match means nothing.
  std::vector<Bring> brings;
  std::vector<std::string>
      include; ///< Further files, folders' globs among them, that are read alike.

  bool operator==(const Line&) const = default;
};

struct Config {
  std::vector<std::vector<std::string>> files; ///< Each: alternatives. Taken, and read.
  std::string split = "\n";                    ///< Characters that end a record.
  std::vector<std::string>
      comments; ///< What begins one that goes to the line's end; or "BEGIN END", as `<!-- -->`.
  std::vector<Line> lines;

  bool operator==(const Config&) const = default;
};

struct Rule {
  std::string id;
  std::string subject; ///< The file's: one line.
  std::string source;  ///< Where the knowledge is from.
  std::string text;    ///< As it is written, for `pare rules show`.
  std::vector<Alternative> when;
  std::vector<Bring> brings;
  std::vector<std::string>
      leave; ///< Patterns over whole paths: what is left out of folders and globs.
  std::vector<Config> configs;
  Confidence confidence = Confidence::likely;

  bool operator==(const Rule&) const = default;
};

/// Whether a condition is met by something that happens, rather than by how things are.
constexpr bool is_event(ConditionKind kind) {
  return kind < ConditionKind::environment;
}

} // namespace pare
