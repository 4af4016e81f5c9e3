// The engine of rules. An event is matched against the table of triggers; a rule is unpacked when
// the first of its triggers fits. It keeps, for each alternative, the events that met each
// condition: a new one fires the rule with each combination of the others'. Only what captures
// differently, or asks by another file, makes a difference.

#include "finders/rules.hpp"

#include "base/bytes.hpp"
#include "finders/rule_config.hpp"
#include "finders/rule_paths.hpp"
#include "finders/rule_pattern.hpp"
#include "formats/go.hpp"
#include "loaders/machines.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <unordered_set>

namespace pare {
namespace {

constexpr std::size_t most_firings = 1024, most_captures = 64, most_includes = 1000,
                      most_nested = 16;
constexpr std::uint64_t longest_config = std::uint64_t{4} << 20,
                        longest_held = std::uint64_t{1} << 20;

/// What met a condition.
struct Event {
  const Examined* by = nullptr;
  const Examined* place =
      nullptr; ///< The file that the pattern matched: {file}, {dir}. Null: none did.
  Captures captures;
  std::string evidence;
  Confidence confidence = Confidence::likely;
};

using Firing = std::tuple<const Examined*, const Examined*, Captures>; // by, place

/// What a rule brings.
struct Outcome {
  std::vector<Request> requests;
  std::vector<std::string> folders; ///< That it takes.
  std::vector<std::string> picked;  ///< In which a pattern matched a file.
};

struct RuleState {
  Rule rule;
  bool asks_for_place = false; ///< {file}, {dir} or {base} is in it: what it brings depends on
                               ///< where the trigger lies.
  std::vector<std::vector<std::vector<Event>>> events; ///< By alternative and condition.
  std::vector<bool>
      is_out; ///< Alternatives that the environment, which does not change, rules out.
  std::map<Firing, Confidence> fired;
  std::map<std::tuple<const Examined*, std::string, Captures>, Outcome>
      outcomes; ///< By place, machine.
};

bool is_glob(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

std::string_view folder_of(const Examined& file) {
  return split_path(file.path.text()).folder;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    if (colon > 0) {
      parts.emplace_back(text.substr(0, colon));
    }
    text.remove_prefix(std::min(colon + 1, text.size()));
  }
  return parts;
}

} // namespace

class RuleFinder::Engine {
public:
  Engine(const FinderContext& context, const RuleSet& rules)
      : files_(context.files), options_(context.options), rules_(rules), states_(rules.size()) {}

  void examine(const Subject& subject) {
    const Examined& file = *subject.file;
    const Event event{.by = &file,
                      .place = &file,
                      .captures = {},
                      .evidence = file.path.text(),
                      .confidence = Confidence::certain};
    if (const Elf* elf = file.elf()) {
      note_machine(file, *elf);
      // glibc's libc.so.6 is a program as well.
      if (elf->is_dynamic && (elf->soname || !elf->is_program())) {
        const std::string soname = elf->soname.value_or(std::string(file.path.name()));
        happen(ConditionKind::needed, soname, soname, event, soname);
      }
      if (subject.kind == FileKind::program) {
        find_go_functions(file);
      }
    }
    happen(ConditionKind::file, file.path.name(), file.path.text(), event, file.path.text());
    settle();
  }

  void reached(const Reached& reached) {
    if (reached.confidence < options_.confidence) {
      return;
    }
    const Event event{.by = reached.file,
                      .place = nullptr,
                      .captures = {},
                      .evidence = reached.text,
                      .confidence = reached.confidence};
    switch (reached.kind) {
    case ReachedKind::symbol:
      happen(ConditionKind::symbol, reached.text, reached.text, event, reached.text);
      break;
    case ReachedKind::constant:
      happen(ConditionKind::string, reached.text, reached.text, event, reached.text);
      break;
    case ReachedKind::call:
      happen_call(reached, event);
      break;
    }
    settle();
  }

  bool knows(std::string_view swept, std::string_view path) const {
    for (std::string_view above = path; above.size() > 1; above = split_path(above).folder) {
      const std::string folder(above);
      if (known_.contains(folder) || (above.size() >= swept.size() && picked_.contains(folder))) {
        return true;
      }
    }
    Captures unused;
    return std::ranges::any_of(
        left_, [&](const std::string& pattern) { return match_pattern(pattern, path, unused); });
  }

  /// Hands over what has come up since the last time.
  void give(std::vector<Request>& requests, std::vector<Warning>& warnings) {
    requests.insert(requests.end(),
                    std::make_move_iterator(requests_.begin()),
                    std::make_move_iterator(requests_.end()));
    warnings.insert(warnings.end(),
                    std::make_move_iterator(warnings_.begin()),
                    std::make_move_iterator(warnings_.end()));
    requests_.clear();
    warnings_.clear();
  }

private:
  // --------------------------------------------------------------------------------------------------------------------------
  // events

  void happen(ConditionKind kind,
              std::string_view key,
              std::string_view pattern_text,
              const Event& event,
              std::string_view text) {
    rules_.for_each(kind, key, pattern_text, [&](const Triggered& triggered) {
      Captures captures;
      if (match_pattern(triggered.trigger->pattern, text, captures)) {
        captures.insert(event.captures.begin(), event.captures.end());
        meet(triggered, event, std::move(captures));
      }
    });
  }

  void happen_call(const Reached& call, Event event) {
    rules_.for_each(ConditionKind::call, call.text, call.text, [&](const Triggered& triggered) {
      std::string_view pattern = triggered.trigger->pattern;
      pattern = pattern.substr(call.text.size() + 1);
      pattern.remove_suffix(1);
      for (const std::optional<std::string>& argument : call.arguments) {
        Captures captures;
        if (argument && match_pattern(pattern, *argument, captures)) {
          event.evidence = fmt::format("{}({})", call.text, *argument);
          meet(triggered, event, std::move(captures));
        }
      }
    });
  }

  void find_go_functions(const Examined& file) {
    try {
      const std::optional<Root::Opened> opened = files_.root().open(file.path);
      if (!opened) {
        return;
      }
      for_each_go_function(*opened->bytes, [&](std::string_view name) {
        rules_.for_each(ConditionKind::symbol, name, name, [&](const Triggered& triggered) {
          Captures captures;
          if (match_pattern(triggered.trigger->pattern, name, captures)) {
            meet(triggered,
                 {&file, nullptr, {}, std::string(name), Confidence::likely},
                 std::move(captures));
          }
        });
      });
    } catch (const InputError&) {
      return; // whoever needs its bytes says so
    }
  }

  RuleState& state_of(std::uint32_t number) {
    std::unique_ptr<RuleState>& state = states_[number];
    if (!state) {
      state = std::make_unique<RuleState>();
      state->rule = rules_.get(number);
      const std::string& text = state->rule.text;
      state->asks_for_place = text.find("{dir") != std::string::npos ||
                              text.find("{file") != std::string::npos ||
                              text.find("{base") != std::string::npos;
      for (const Alternative& alternative : state->rule.when) {
        state->events.emplace_back(alternative.size());
        state->is_out.push_back(std::ranges::any_of(alternative, [&](const Condition& condition) {
          return condition.kind == ConditionKind::environment &&
                 in_environment(condition, {Captures()}).empty();
        }));
      }
    }
    return *state;
  }

  /// A condition is met.
  void meet(const Triggered& triggered, Event event, Captures captures) {
    event.captures = std::move(captures);
    RuleState& state = state_of(triggered.rule);
    if (state.is_out[triggered.trigger->alternative]) {
      return;
    }
    const Alternative& alternative = state.rule.when[triggered.trigger->alternative];
    std::vector<std::vector<Event>>& met = state.events[triggered.trigger->alternative];
    const std::size_t place = triggered.trigger->condition;
    std::vector<Event>& events = met[place];
    const auto known = std::ranges::find_if(events, [&](const Event& each) {
      return (place != 0 || each.by == event.by) && each.captures == event.captures;
    });
    if (known != events.end()) {
      if (known->confidence >= event.confidence) {
        return;
      }
      *known = event;
    } else if (events.size() < (place == 0 ? most_firings : most_captures)) {
      events.push_back(event);
    } else {
      return;
    }
    std::vector<const Event*> chosen(alternative.size(), nullptr);
    chosen[place] = &event;
    choose(state, alternative, met, chosen, 0);
  }

  /// Every combination of events that meets the alternative and holds the new one.
  void choose(RuleState& state,
              const Alternative& alternative,
              const std::vector<std::vector<Event>>& met,
              std::vector<const Event*>& chosen,
              std::size_t place) {
    if (place == alternative.size() || !is_event(alternative[place].kind)) {
      chosen.resize(place);
      fire(state, alternative, chosen);
      chosen.resize(alternative.size(), nullptr);
      return;
    }
    if (chosen[place] != nullptr) {
      choose(state, alternative, met, chosen, place + 1);
      return;
    }
    for (const Event& each : met[place]) {
      chosen[place] = &each;
      choose(state, alternative, met, chosen, place + 1);
    }
    chosen[place] = nullptr;
  }

  // --------------------------------------------------------------------------------------------------------------------------
  // firing

  void
  fire(RuleState& state, const Alternative& alternative, const std::vector<const Event*>& events) {
    Event all = *events.front();
    for (const Event* event : events) {
      all.captures.insert(event->captures.begin(), event->captures.end());
      all.confidence = std::min(all.confidence, event->confidence);
      if (all.place == nullptr) {
        all.place = event->place;
      }
    }
    all.confidence = std::min(all.confidence, state.rule.confidence);
    if (all.confidence < options_.confidence) {
      return;
    }
    if (all.place == nullptr) {
      all.place = all.by;
    }
    std::vector<Captures> captures = {all.captures};
    for (const Condition& condition : alternative) {
      if (condition.kind == ConditionKind::environment) {
        captures = in_environment(condition, captures);
      } else if (!is_event(condition.kind)) {
        std::erase_if(captures, [&](const Captures& each) { return !holds(condition, all, each); });
      }
    }
    for (Captures& each : captures) {
      all.captures = std::move(each);
      fire(state, all);
    }
  }

  std::vector<Captures> in_environment(const Condition& condition,
                                       const std::vector<Captures>& before) const {
    std::vector<Captures> after;
    for (const auto& [name, value] : options_.environment) {
      for (const std::string& pattern : condition.patterns) {
        const std::string text =
            pattern.find('=') == std::string::npos ? name : fmt::format("{}={}", name, value);
        for (Captures captures : before) {
          if (match_pattern(pattern, text, captures) && after.size() < most_captures &&
              std::ranges::find(after, captures) == after.end()) {
            after.push_back(std::move(captures));
          }
        }
      }
    }
    return after;
  }

  bool holds(const Condition& condition, const Event& event, const Captures& captures) {
    const auto values = [&](std::string_view name) { return values_of(name, event, captures); };
    switch (condition.kind) {
    case ConditionKind::unset:
      return std::ranges::none_of(condition.patterns, [&](const std::string& name) {
        const auto found = options_.environment.find(name);
        return found != options_.environment.end() && !found->second.empty();
      });
    case ConditionKind::exists:
      return std::ranges::any_of(condition.patterns, [&](const std::string& text) {
        const std::vector<std::string> paths = expand(text, values);
        return std::ranges::any_of(paths, [&](const std::string& path) {
          return is_glob(path) ? !expand_glob(files_, path).empty() : exists(files_, path);
        });
      });
    case ConditionKind::holds:
      for (const std::string& path : expand(condition.patterns.front(), values)) {
        const std::string_view head = head_of(path);
        for (std::size_t i = 1; i < condition.patterns.size(); ++i) {
          for (const std::string& text : expand(condition.patterns[i], values)) {
            if (head.find(text) != std::string_view::npos) {
              return true;
            }
          }
        }
      }
      return false;
    case ConditionKind::defines:
    case ConditionKind::lacks: {
      const Elf* elf = event.place->elf();
      const bool defines = elf != nullptr &&
                           std::ranges::any_of(condition.patterns, [&](const std::string& version) {
                             return std::ranges::binary_search(elf->versions, version);
                           });
      return defines == (condition.kind == ConditionKind::defines);
    }
    default:
      return true;
    }
  }

  /// A file's first MiB; empty when it cannot be read.
  std::string_view head_of(const std::string& path) {
    const auto [entry, fresh] = heads_.try_emplace(path);
    if (fresh) {
      try {
        const Found& found = files_.open(path);
        const std::optional<Root::Opened> opened =
            found.file == nullptr ? std::nullopt : files_.root().open(found.file->path);
        if (opened) {
          entry->second =
              read_bytes(*opened->bytes, 0, std::min(longest_held, opened->bytes->size()));
        }
      } catch (const InputError&) {
        // unreadable: it holds nothing that could be known
      }
    }
    return entry->second.view();
  }

  void fire(RuleState& state, const Event& event) {
    const auto [known, fresh] =
        state.fired.try_emplace({event.by, event.place, event.captures}, event.confidence);
    if (!fresh && known->second >= event.confidence) {
      return;
    }
    if (fresh && state.fired.size() > most_firings) {
      return;
    }
    known->second = event.confidence;
    const auto [outcome, is_new] = state.outcomes.try_emplace(
        {state.asks_for_place ? event.place : nullptr, machine_name(event.by), event.captures});
    if (is_new) {
      outcome->second = work_out(state.rule, event);
    }
    if (event.confidence >= Confidence::likely) {
      learn(state.rule, outcome->second);
    }
    for (Request request : outcome->second.requests) {
      request.by = event.by;
      request.confidence = event.confidence;
      request.detail = fmt::format("{}: {}{}", state.rule.id, event.evidence, request.detail);
      requests_.push_back(std::move(request));
    }
    followers_.emplace_back(state.rule.id, event);
  }

  void learn(const Rule& rule, const Outcome& outcome) {
    const auto add_real = [&](const std::vector<std::string>& from,
                              std::unordered_set<std::string>& to) {
      for (const std::string& folder : from) {
        if (const Walk& walk = files_.open(folder).walk; walk.end == WalkEnd::found) {
          to.insert(walk.path.text());
        }
      }
    };
    add_real(outcome.folders, known_);
    add_real(outcome.picked, picked_);
    std::ranges::copy_if(rule.leave, std::inserter(left_, left_.end()), [](const auto& pattern) {
      return pattern.starts_with('/');
    });
  }

  /// Lets rules fire that wait for others.
  void settle() {
    while (!followers_.empty()) {
      const auto [id, event] = std::move(followers_.front());
      followers_.pop_front();
      happen(ConditionKind::rule, id, id, event, id);
    }
  }

  // --------------------------------------------------------------------------------------------------------------------------
  // what a rule brings

  void note_machine(const Examined& file, const Elf& elf) {
    if (!machine_) {
      machine_ = elf.machine;
    }
    if (elf.soname == "libc.so.6") {
      c_libraries_.try_emplace(machine_of(elf.machine).name, folder_of(file));
    }
  }

  const Machine* machine(const Examined* by) const {
    if (by != nullptr && by->elf() != nullptr) {
      return &machine_of(by->elf()->machine);
    }
    return machine_ ? &machine_of(*machine_) : nullptr;
  }

  std::string machine_name(const Examined* by) const {
    const Machine* found = machine(by);
    return found == nullptr ? "" : found->name;
  }

  /// The folders of the system's libraries for the machine of `by`: that of its C library,
  /// Debian's, then those of others.
  const Values& library_folders(const Examined* by) {
    const Machine* found = machine(by);
    const auto [entry, fresh] = library_folders_.try_emplace(found == nullptr ? "" : found->name);
    if (fresh) {
      std::vector<std::string> folders;
      if (found != nullptr) {
        if (const auto libc = c_libraries_.find(found->name); libc != c_libraries_.end()) {
          folders.push_back(libc->second);
        }
        if (!found->usual_lib.empty()) {
          folders.push_back("/usr/" + found->usual_lib);
          folders.push_back("/" + found->usual_lib);
        }
      }
      for (const char* folder :
           {"/usr/lib64", "/lib64", "/usr/lib", "/lib", "/usr/local/lib64", "/usr/local/lib"}) {
        folders.emplace_back(folder);
      }
      for (std::string& folder : folders) {
        if (std::ranges::find(entry->second, folder) == entry->second.end() &&
            exists(files_, folder)) {
          entry->second.push_back(std::move(folder));
        }
      }
    }
    return entry->second;
  }

  Values values_of(std::string_view name, const Event& event, const Captures& captures) {
    if (name == "lib") {
      return library_folders(event.by);
    }
    if (name == "multiarch") {
      const Machine* found = machine(event.by);
      const std::string& lib = found == nullptr ? std::string() : found->usual_lib;
      return lib.starts_with("lib/") ? Values{lib.substr(4)} : Values();
    }
    if (name == "dir") {
      return {std::string(folder_of(*event.place))};
    }
    if (name == "file") {
      return {event.place->path.text()};
    }
    if (name == "base") {
      return {std::string(event.place->path.name())};
    }
    if (name.starts_with("env:")) {
      const auto found = options_.environment.find(std::string(name.substr(4)));
      return found == options_.environment.end() ? Values() : split_list(found->second);
    }
    const auto found = captures.find(name);
    return found == captures.end() ? Values() : Values{found->second};
  }

  /// What stands behind alternatives: a list for each combination of values; within it the first
  /// that exists counts. The folders of {lib} are alternatives, all other values are not.
  std::vector<std::vector<std::string>>
  choices(const std::vector<std::string>& templates, const Event& event, const Captures& captures) {
    std::vector<std::vector<std::string>> each;
    std::size_t count = 0;
    for (const std::string& text : templates) {
      std::vector<std::string> texts = expand(text, [&](std::string_view name) {
        return name == "lib" ? Values{"{lib}"} : values_of(name, event, captures);
      });
      if (!texts.empty()) {
        count = std::max(count, texts.size());
        each.push_back(std::move(texts));
      }
    }
    std::vector<std::vector<std::string>> found(count);
    for (std::size_t i = 0; i < count; ++i) {
      for (const std::vector<std::string>& texts : each) {
        const std::string& text = texts[std::min(i, texts.size() - 1)];
        for (std::string& full : expand(
                 text, [&](std::string_view name) { return values_of(name, event, captures); })) {
          if (std::ranges::find(found[i], full) == found[i].end()) {
            found[i].push_back(std::move(full));
          }
        }
      }
    }
    return found;
  }

  Outcome work_out(const Rule& rule, const Event& event) {
    Outcome outcome;
    for (const Bring& bring : rule.brings) {
      add(outcome, rule, bring, event, event.captures, "");
    }
    for (const Config& config : rule.configs) {
      std::set<std::string> seen;
      for (const std::vector<std::string>& files : config.files) {
        for (const std::vector<std::string>& alternatives : choices(files, event, event.captures)) {
          for (const std::string& path : first_there(alternatives)) {
            read_config(outcome, rule, config, event, path, seen, 0);
          }
        }
      }
    }
    return outcome;
  }

  void add(Outcome& outcome,
           const Rule& rule,
           const Bring& bring,
           const Event& event,
           const Captures& captures,
           const std::string& detail) {
    for (std::vector<std::string>& names : choices(bring.names, event, captures)) {
      if (bring.kind == BringKind::path) {
        add_paths(outcome, rule, std::move(names), detail);
      } else {
        const RequestKind kind =
            bring.kind == BringKind::library ? RequestKind::library : RequestKind::program;
        outcome.requests.push_back({.kind = kind, .names = std::move(names), .detail = detail});
      }
    }
  }

  void add_paths(Outcome& outcome,
                 const Rule& rule,
                 std::vector<std::string> names,
                 const std::string& detail) {
    std::erase_if(names, [](const std::string& name) { return !name.starts_with('/'); });
    const auto put = [&](RequestKind kind, std::vector<std::string> paths) {
      outcome.requests.push_back({.kind = kind, .names = std::move(paths), .detail = detail});
    };
    if (names.empty()) {
      return;
    }
    if (std::ranges::none_of(
            names, [](const std::string& name) { return is_glob(name) || name.ends_with('/'); })) {
      put(RequestKind::file, std::move(names));
      return;
    }
    // Which alternative it is decides what it means.
    for (const std::string& name : names) {
      const bool is_folder = name.ends_with('/');
      const std::string plain = is_folder ? name.substr(0, name.find_last_not_of('/') + 1) : name;
      std::vector<std::string> paths = is_glob(plain)          ? expand_glob(files_, plain)
                                       : exists(files_, plain) ? std::vector{plain}
                                                               : std::vector<std::string>();
      if (paths.empty()) {
        continue;
      }
      for (std::string& path : paths) {
        if (!is_folder) {
          if (const std::string folder(split_path(path).folder);
              is_glob(plain) && (outcome.picked.empty() || outcome.picked.back() != folder)) {
            outcome.picked.push_back(folder);
          }
          if (!is_left(rule, path)) {
            put(RequestKind::file, {std::move(path)});
          }
          continue;
        }
        outcome.folders.push_back(path);
        if (rule.leave.empty()) {
          put(RequestKind::folder, {std::move(path)});
        } else {
          for (std::string& below : all_below(files_, path)) {
            if (!is_left(rule, below)) {
              put(RequestKind::file, {std::move(below)});
            }
          }
        }
      }
      return;
    }
  }

  static bool is_left(const Rule& rule, const std::string& path) {
    Captures unused;
    return std::ranges::any_of(rule.leave, [&](const std::string& pattern) {
      return match_pattern(pattern, path, unused);
    });
  }

  // --------------------------------------------------------------------------------------------------------------------------
  // config files

  /// The paths of the first alternative that is there.
  std::vector<std::string> first_there(const std::vector<std::string>& alternatives) {
    for (const std::string& text : alternatives) {
      if (is_glob(text)) {
        if (std::vector<std::string> paths = expand_glob(files_, text); !paths.empty()) {
          return paths;
        }
      } else if (text.starts_with('/') && exists(files_, text)) {
        return {text};
      }
    }
    return {};
  }

  /// What a config file says by the words of a rule: read once, however often the rule fires.
  const std::vector<ConfigMatch>&
  matches_of(const Config& config, const Examined& file, const std::string& path) {
    const auto [known, is_new] = config_matches_.try_emplace({&config, &file});
    if (is_new) {
      try {
        if (const std::optional<Root::Opened> opened = files_.root().open(file.path)) {
          known->second = match_config(read_all(*opened->bytes, longest_config), config);
        }
      } catch (const InputError& error) {
        if (warned_.insert(path).second) {
          warnings_.push_back({path, fmt::format("{}: what it names is not known", error.what())});
        }
      }
    }
    return known->second;
  }

  void read_config(Outcome& outcome,
                   const Rule& rule,
                   const Config& config,
                   const Event& event,
                   const std::string& path,
                   std::set<std::string>& seen,
                   unsigned depth) {
    const Found& found = files_.open(path);
    if (found.file == nullptr || depth > most_nested || seen.size() > most_includes ||
        !seen.insert(found.file->path.text()).second) {
      return;
    }
    outcome.requests.push_back({.kind = RequestKind::file, .names = {path}});
    for (const ConfigMatch& match : matches_of(config, *found.file, path)) {
      Captures captures = event.captures;
      if (!agrees(match, captures)) {
        continue;
      }
      // Relative names are looked up beside the name by which it was opened.
      captures.insert_or_assign("confdir", std::string(split_path(path).folder));
      for (const Bring& bring : match.line->brings) {
        add(outcome, rule, bring, event, captures, fmt::format(", by {}", path));
      }
      for (const std::string& include : match.line->include) {
        for (const std::vector<std::string>& alternatives : choices({include}, event, captures)) {
          for (const std::string& further : first_there(alternatives)) {
            read_config(outcome, rule, config, event, further, seen, depth + 1);
          }
        }
      }
    }
  }

  /// Adds what a line captured. False: the rule skips it, or has the name already with another
  /// value (in either case).
  static bool agrees(const ConfigMatch& match, Captures& captures) {
    const auto is_skipped = [&](const std::string& value) {
      Captures unused;
      return std::ranges::any_of(match.line->skip, [&](const std::string& pattern) {
        return match_pattern(pattern, value, unused);
      });
    };
    for (const auto& [name, value] : match.captures) {
      const auto [known, fresh] = captures.try_emplace(name, value);
      if (!fresh && filtered("lower", known->second) != filtered("lower", value)) {
        return false;
      }
      if (name != "section" && is_skipped(value)) {
        return false;
      }
    }
    return true;
  }

  Files& files_;
  const Options& options_;
  const RuleSet& rules_;
  std::vector<std::unique_ptr<RuleState>> states_;
  std::optional<ElfMachine> machine_; ///< Of the first ELF file: for those that are none.
  std::map<std::string, std::string> c_libraries_; ///< Where they lie, by machine.
  std::map<std::string, Values> library_folders_;
  std::map<std::string, Bytes> heads_;
  std::deque<std::pair<std::string, Event>> followers_;
  std::set<std::string> warned_;
  std::map<std::pair<const Config*, const Examined*>, std::vector<ConfigMatch>> config_matches_;
  std::unordered_set<std::string> known_, picked_; ///< Folders, of Outcome.
  std::set<std::string> left_;                     ///< Absolute patterns.
  std::vector<Request> requests_;
  std::vector<Warning> warnings_;
};

RuleFinder::RuleFinder(const FinderContext& context, const RuleSet& rules)
    : engine_(std::make_unique<Engine>(context, rules)) {}

RuleFinder::~RuleFinder() = default;

bool RuleFinder::knows(const RootPath& swept, const RootPath& path) const {
  return engine_->knows(swept.text(), path.text());
}

void RuleFinder::examine(const Subject& subject,
                         std::vector<Request>& requests,
                         std::vector<Warning>& warnings) {
  engine_->examine(subject);
  engine_->give(requests, warnings);
}

void RuleFinder::reached(const Reached& reached,
                         std::vector<Request>& requests,
                         std::vector<Warning>& warnings) {
  engine_->reached(reached);
  engine_->give(requests, warnings);
}

} // namespace pare
