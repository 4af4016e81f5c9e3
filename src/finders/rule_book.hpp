#pragma once
// Rules, kept so that starting costs nothing: what could trigger each is a sorted table, and a rule
// itself is a few packed bytes until something triggers it. The build makes the table of those that
// are built in (embed_rules.cpp).

#include "finders/rule.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// One pattern of an event condition.
struct Trigger {
  ConditionKind kind = ConditionKind::symbol;
  std::string_view key; ///< What is looked up: the name; of a path its last part; of a call its
                        ///< function. Of a pattern without such a key: the characters at its front
                        ///< that stand for themselves, perhaps none.
  std::string_view pattern; ///< As in the rule.
  std::uint16_t rule = 0;
  std::uint8_t alternative = 0;
  std::uint8_t condition = 0; ///< Its place in the alternative.
};

/// The rules of one origin. Views: whoever made it owns what they show.
struct RuleBook {
  std::span<const Trigger> exact; ///< Sorted by kind, then key.
  std::span<const Trigger>
      patterns; ///< Those without a key, sorted by kind and what they begin with.
  std::span<const std::string_view> rules; ///< Packed.
  std::span<const std::string_view> ids;   ///< Of the rules, in their order.
};

/// The rules of rules/*.toml.
const RuleBook& embedded_rules();

std::string pack(const Rule& rule);
Rule unpack(std::string_view packed);

/// A book that owns what it shows.
class OwnedRules {
public:
  explicit OwnedRules(const std::vector<Rule>& rules);
  const RuleBook& book() const { return book_; }

private:
  std::vector<std::string> packed_;
  std::vector<Rule> rules_;
  std::vector<std::string_view> views_, ids_;
  std::vector<Trigger> exact_, patterns_;
  RuleBook book_;
};

/// The place of a trigger: which rule, and which condition of it.
struct Triggered {
  std::uint32_t rule = 0; ///< In the order of RuleSet.
  const Trigger* trigger = nullptr;
};

/// The built-in rules and the user's.
class RuleSet {
public:
  RuleSet() : RuleSet(embedded_rules()) {}
  explicit RuleSet(const RuleBook& book) : books_{book} {}

  /// All *.toml of a folder of the host, by name. Throws UsageError "FILE:LINE: ..." when one is
  /// broken, or does not fit (add()); InputError when the folder cannot be read.
  void add_folder(const std::filesystem::path& folder);

  /// Rules of one file. `file`: for messages. Throws UsageError when an id is there already, or a
  /// rule waits for one that is not.
  void add(const std::vector<Rule>& rules, std::string_view file);

  std::size_t size() const;
  std::string_view id(std::uint32_t rule) const;
  Rule get(std::uint32_t rule) const; ///< Unpacked.

  /// Calls `take` for each trigger whose pattern may match: the caller sees whether it does. `key`
  /// as in Trigger; `text`: what patterns without a key must begin like: a path where `key` is its
  /// last part.
  void for_each(ConditionKind kind,
                std::string_view key,
                std::string_view text,
                const std::function<void(const Triggered&)>& take) const;

  // What the engine of reach has to tell about, and no more.
  bool interesting_symbol(std::string_view name) const;
  bool interesting_constant(std::string_view text) const;
  std::set<std::string, std::less<>> call_names() const;

private:
  bool has(ConditionKind kind, std::string_view text) const;

  std::vector<std::unique_ptr<OwnedRules>> owned_;
  std::vector<RuleBook> books_;
};

/// Reads the rules of one file of the host. Throws as parse_rules() does, and InputError.
std::vector<Rule> read_rules(const std::filesystem::path& file);

} // namespace pare
