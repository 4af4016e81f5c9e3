#include "code/reach.hpp"

#include "code/arguments.hpp"
#include "code/failing.hpp"
#include "code/functions.hpp"
#include "code/object.hpp"
#include "code/scopes.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <map>
#include <optional>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace pare {

namespace {

/// How sure it is that something is reached. Ordered.
enum class Level : std::uint8_t { none, possible, likely };

Confidence confidence_of(Level level) {
  return level == Level::likely ? Confidence::likely : Confidence::possible;
}

constexpr std::uint32_t no_node = 0xffffffff;
constexpr std::uint64_t longest_table = 1 << 20;
constexpr std::uint64_t largest_failing = 256; // bytes of a small function
constexpr unsigned deepest_failing = 4, most_wrapper_rounds = 8;
constexpr std::size_t most_sinks = 8, most_choices = 16, longest_text = 4096;
// Real files need less than 3 units a byte; made ones could have every function reach to the end of
// the file.
constexpr std::uint64_t work_a_byte = 16, least_work = 1 << 24;
constexpr std::size_t tasks_until_let_go = 1 << 16; // then bytes that were mapped are let go
constexpr std::uint64_t near_length = 40;           // bytes between a text's address and its length

/// A function that, called, hands its own arguments to one of ReachOptions::calls.
struct Sink {
  std::string name;
  struct Argument {
    std::optional<std::uint32_t> parameter;
    std::optional<std::string> text;

    auto operator<=>(const Argument&) const = default;
  };
  std::vector<Argument> arguments; ///< Of the function of that name.

  auto operator<=>(const Sink&) const = default;
};

enum class Failing : std::uint8_t { unknown, no, yes };

/// An object as far as the engine is with it.
struct Member {
  const Examined* file = nullptr;
  std::string name; ///< Its soname, else the file's name.
  std::unique_ptr<Object> object;
  std::unique_ptr<Functions> functions; ///< Null: not read, not to be read, or not readable.
  std::uint32_t node = no_node; ///< Its loading; its functions come behind it once they are known.
  std::uint32_t first_function = no_node;
  std::uint32_t function_count = 0;       ///< Whose nodes lie behind that one,
  std::vector<std::uint32_t> added_nodes; ///< and the nodes of those that were added later.
  bool opaque = false;                    ///< Its inside is the caller's to know.
  bool decodable = false;                 ///< Of a machine whose code is read.
  bool needed = false;                    ///< Can lead to what is of interest.
  bool own_interest_known = false, own_interest = false;
  bool started = false;
  bool exports_entered = false;
  bool is_program = false; ///< First in a process.
  std::vector<Level> symbol_levels;
  std::vector<std::uint32_t> symbol_parents;          ///< The node that used it.
  std::vector<std::vector<Scopes::Definition>> bound; ///< By symbol: what it is bound to.
  std::vector<Role> roles;                            ///< By symbol.
  mutable std::unordered_map<std::uint64_t, std::string_view>
      names;                                       ///< By address; made when first asked for.
  std::unordered_set<std::uint64_t> counted_texts; ///< Addresses of texts whose length is known.
  std::vector<Failing> failing;                    ///< By function.
  std::uint64_t work_left =
      0;                   ///< Bytes of code, of texts and of tables that may still be looked at.
  AddressSet seen_data[2]; ///< By level: possible, likely.
  std::vector<const Slot*> copies;
  struct Pending {
    std::uint64_t address;
    std::uint32_t parent;
    Level level;
    bool operator==(const Pending&) const = default;
  };
  std::vector<Pending> pending; ///< Entered while it was not needed.
};

std::uint32_t node_of(const Member& member, std::uint32_t function) {
  return function < member.function_count ? member.first_function + function
                                          : member.added_nodes[function - member.function_count];
}

struct Node {
  std::uint32_t member = 0;
  std::uint32_t function = no_node; ///< no_node: the object's loading.
  std::uint32_t parent = no_node;
  Level level = Level::none;
};

struct Task {
  std::uint32_t member = 0;
  bool is_data = false;
  std::uint64_t address = 0; ///< Of data.
  std::uint32_t node = 0;    ///< Of a function, or the one that uses the data.
};

bool is_flow(ReferenceKind kind) {
  switch (kind) {
  case ReferenceKind::call:
  case ReferenceKind::call_memory:
  case ReferenceKind::call_register:
  case ReferenceKind::jump:
  case ReferenceKind::branch:
  case ReferenceKind::jump_memory:
  case ReferenceKind::jump_register:
  case ReferenceKind::returns:
  case ReferenceKind::stops:
    return true;
  default:
    return false;
  }
}

/// `length` printable characters at the start of `bytes`, whatever comes behind; empty: they are
/// not.
std::string_view counted_text(std::string_view bytes, std::uint64_t length) {
  if (length < 3 || length > longest_text || length > bytes.size()) {
    return {};
  }
  const std::string_view text = bytes.substr(0, length);
  return std::ranges::all_of(text, is_printable) ? text : std::string_view();
}

} // namespace

class Reach::Engine {
public:
  Engine(const Root& root, ReachOptions options) : root_(root), options_(std::move(options)) {}

  Process add_process(const std::vector<const Examined*>& objects) {
    const Process process = scopes_.add_process();
    for (const Examined* file : objects) {
      const std::uint32_t member = member_of(*file);
      scopes_.extend(process, member);
      if (file == objects.front()) {
        members_[member]->is_program = true;
      }
      members_[member]->started = members_[member]->started && file != objects.front();
    }
    changed_processes_.push_back(process);
    return process;
  }

  void extend(Process process, const std::vector<const Examined*>& objects) {
    for (const Examined* file : objects) {
      const std::uint32_t member = member_of(*file);
      scopes_.extend(process, member);
    }
    changed_processes_.push_back(process);
  }

  void enter_all(const Examined& file) { opened_.push_back(member_of(file)); }

  void enter(const Examined& file, std::string_view symbol) {
    const std::uint32_t number = member_of(file);
    const std::vector<Symbol>& symbols = members_[number]->object->symbols();
    for (const Symbol& candidate : symbols) {
      if (candidate.located && candidate.name == symbol) {
        reach_address(number, candidate.value, members_[number]->node, Level::likely);
      }
    }
  }

  std::vector<Reached> run() {
    find_needed();
    prepare_needed();
    bind_again();
    start_members();
    drain();
    let_go();
    return std::exchange(reached_, {});
  }

  std::vector<std::string> chain(std::uint32_t function) const {
    std::vector<std::string> names;
    for (std::uint32_t node = function; node < nodes_.size(); node = nodes_[node].parent) {
      std::string name = name_of(node);
      if (name.empty() && node == function) {
        const std::string& object = members_[nodes_[node].member]->name;
        name = nodes_[node].function == no_node
                   ? object
                   : fmt::format("{:#x} in {}", start_of(node), object);
      }
      if (!name.empty() && (names.empty() || names.back() != name)) {
        names.push_back(std::move(name));
      }
    }
    std::ranges::reverse(names);
    return names;
  }

  std::vector<Warning> take_warnings() { return std::exchange(warnings_, {}); }

  Numbers numbers() const {
    Numbers numbers{.objects = members_.size()};
    for (const std::unique_ptr<Member>& known : members_) {
      const Member& member = *known;
      if (member.functions) {
        ++numbers.decoded;
        numbers.functions += member.functions->size();
        for (std::uint32_t i = 0; i < member.functions->size(); ++i) {
          numbers.instruction_bytes += (*member.functions)[i].end - (*member.functions)[i].start;
        }
      }
    }
    for (const Node& node : nodes_) {
      numbers.reached += node.function != no_node && node.level != Level::none;
    }
    return numbers;
  }

private:
  // Objects.

  std::uint32_t member_of(const Examined& file) {
    const auto [known, fresh] =
        by_file_.try_emplace(&file, static_cast<std::uint32_t>(members_.size()));
    if (!fresh) {
      return known->second;
    }
    Member& member = *members_.emplace_back(std::make_unique<Member>());
    member.file = &file;
    member.name = std::string(file.path.name());
    if (const Elf* elf = file.elf()) {
      member.name = elf->soname.value_or(member.name);
      with_bytes(member, [&](const ByteSource& bytes) {
        member.object = std::make_unique<Object>(bytes, *elf);
      });
      member.decodable = decodes(elf->machine);
    }
    if (!member.object) {
      member.object = std::make_unique<Object>(MemoryBytes(""), Elf());
      member.decodable = false;
    }
    member.opaque = options_.opaque.contains(member.name);
    member.symbol_levels.resize(member.object->symbols().size());
    member.bound.resize(member.symbol_levels.size());
    for (const Symbol& symbol : member.object->symbols()) {
      member.roles.push_back(role_of(symbol.name));
    }
    member.symbol_parents.resize(member.symbol_levels.size(), no_node);
    member.node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.push_back({.member = known->second, .level = Level::likely});
    scopes_.add_object(*member.object);
    return known->second;
  }

  template <typename Action> void with_bytes(const Member& member, const Action& action) {
    try {
      if (const std::optional<Root::Opened> opened = root_.open(member.file->path)) {
        action(*opened->bytes);
      }
    } catch (const InputError& error) {
      warnings_.push_back({member.file->path.text(), error.what()});
    }
  }

  bool is_interesting_symbol(std::string_view name) const {
    return !options_.interesting_symbol || options_.interesting_symbol(name);
  }
  bool is_interesting_constant(std::string_view text) const {
    return !options_.interesting_constant || options_.interesting_constant(text);
  }
  bool is_call(std::string_view name) const { return options_.calls.contains(name); }

  /// Whether the object itself has something of interest: an import, or a text among its constants.
  bool has_own_interest(Member& member) {
    if (!member.own_interest_known) {
      member.own_interest_known = true;
      member.own_interest =
          std::ranges::any_of(member.object->symbols(), [&](const Symbol& symbol) {
            return !symbol.defined && !symbol.name.empty() &&
                   (is_interesting_symbol(symbol.name) || is_call(symbol.name));
          });
      if (!member.own_interest) {
        with_bytes(member, [&](const ByteSource& bytes) { member.object->load_constants(bytes); });
        member.own_interest =
            std::ranges::any_of(member.object->segments(), [&](const Segment& segment) {
              return !segment.writable && has_interesting_text(member.object->bytes_of(segment));
            });
        member.object->let_go();
      }
    }
    return member.own_interest;
  }

  bool has_interesting_text(std::string_view bytes) const {
    std::size_t start = 0;
    while (start < bytes.size()) {
      std::size_t end = bytes.find('\0', start);
      end = end == std::string_view::npos ? bytes.size() : end;
      // Texts end at NUL; what is before their first character is something else.
      std::size_t first = end;
      while (first > start && end - first < longest_text && is_printable(bytes[first - 1])) {
        --first;
      }
      if (end - first >= 3 && is_interesting_constant(bytes.substr(first, end - first))) {
        return true;
      }
      start = end + 1;
    }
    return false;
  }

  /// Which objects can lead to something of interest: those that have it themselves, and backwards
  /// those that import from them.
  void find_needed() {
    for (const std::unique_ptr<Member>& member : members_) {
      member->needed = member->needed || (!member->opaque && has_own_interest(*member));
    }
    // Of those that need a reason: whom they import from.
    std::vector<std::vector<std::uint32_t>> users(members_.size());
    for (std::uint32_t number = 0; number < members_.size(); ++number) {
      const Member& member = *members_[number];
      if (member.opaque || member.needed) {
        continue;
      }
      for (const Symbol& symbol : member.object->symbols()) {
        if (symbol.defined || symbol.name.empty()) {
          continue;
        }
        for (const std::uint32_t process : scopes_.processes_of(number)) {
          const auto found = scopes_.find(process, symbol);
          if (found && (users[found->object].empty() || users[found->object].back() != number)) {
            users[found->object].push_back(number);
          }
        }
      }
    }
    std::vector<std::uint32_t> fresh;
    for (std::uint32_t number = 0; number < members_.size(); ++number) {
      if (members_[number]->needed) {
        fresh.push_back(number);
      }
    }
    while (!fresh.empty()) {
      const std::uint32_t number = fresh.back();
      fresh.pop_back();
      for (const std::uint32_t user : users[number]) {
        if (!members_[user]->needed) {
          members_[user]->needed = true;
          fresh.push_back(user);
        }
      }
    }
  }

  /// Reads the code of all objects that became needed.
  void prepare_needed() {
    struct Job {
      std::uint32_t member;
      std::shared_ptr<const ByteSource> bytes;
      std::unique_ptr<Functions> functions;
      std::string failure;
    };
    std::vector<Job> jobs;
    for (std::uint32_t number = 0; number < members_.size(); ++number) {
      Member& member = *members_[number];
      if (member.needed && member.decodable && !member.functions) {
        try {
          if (const std::optional<Root::Opened> opened = root_.open(member.file->path)) {
            jobs.push_back({number, opened->bytes, nullptr, {}});
          }
        } catch (const InputError& error) {
          warnings_.push_back({member.file->path.text(), error.what()});
        }
      }
    }
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (std::size_t i; (i = next++) < jobs.size();) {
        try {
          Object& object = *members_[jobs[i].member]->object;
          object.load(*jobs[i].bytes);
          jobs[i].functions = std::make_unique<Functions>(object);
          object.let_go(); // all of its code was read, and only what is reached will be again
        } catch (const std::exception& error) {
          jobs[i].failure = error.what();
        }
      }
    };
    {
      std::vector<std::jthread> helpers;
      for (std::size_t i = 1; i < std::min<std::size_t>(options_.threads, jobs.size()); ++i) {
        helpers.emplace_back(work);
      }
      work();
    }
    for (Job& job : jobs) {
      Member& member = *members_[job.member];
      if (!job.functions) {
        warnings_.push_back({member.file->path.text(), job.failure});
        member.decodable = false;
        continue;
      }
      member.functions = std::move(job.functions);
      member.first_function = static_cast<std::uint32_t>(nodes_.size());
      member.function_count = member.functions->size();
      for (std::uint32_t i = 0; i < member.function_count; ++i) {
        nodes_.push_back({.member = job.member, .function = i});
      }
      member.failing.resize(member.functions->size());
      member.work_left = least_work;
      for (const Segment& segment : member.object->segments()) {
        member.work_left += work_a_byte * member.object->bytes_of(segment).size();
      }
      for (AddressSet& seen : member.seen_data) {
        for (const Segment& segment : member.object->segments()) {
          seen.cover(segment.address, member.object->bytes_of(segment).size());
        }
      }
      for (const Slot& slot : member.object->slots()) {
        if (slot.copied) {
          member.copies.push_back(&slot);
        }
      }
      for (const Member::Pending& pending : std::exchange(member.pending, {})) {
        reach_address(job.member, pending.address, pending.parent, pending.level);
      }
    }
  }

  /// Names that were used before, in processes that have changed.
  void bind_again() {
    std::ranges::sort(changed_processes_);
    changed_processes_.erase(std::unique(changed_processes_.begin(), changed_processes_.end()),
                             changed_processes_.end());
    for (const Process process : std::exchange(changed_processes_, {})) {
      for (const std::uint32_t number : scopes_.objects_of(process)) {
        for (std::uint32_t symbol = 0; symbol < members_[number]->symbol_levels.size(); ++symbol) {
          if (members_[number]->symbol_levels[symbol] != Level::none) {
            bind(process, number, symbol);
          }
        }
      }
    }
  }

  void start_members() {
    for (std::uint32_t number = 0; number < members_.size(); ++number) {
      Member& member = *members_[number];
      if (member.started || member.opaque) {
        continue;
      }
      member.started = true;
      if (!member.decodable) {
        take_all(member, number);
        continue;
      }
      if (member.is_program && member.object->entry() != 0) {
        reach_address(number, member.object->entry(), member.node, Level::likely);
      }
      for (const std::uint64_t address : member.object->initializers()) {
        reach_address(number, address, member.node, Level::likely);
      }
      // At the end things are freed, by way of tables that lead everywhere; hardly anything is
      // opened.
      for (const std::uint64_t address : member.object->finalizers()) {
        reach_address(number, address, member.node, Level::possible);
      }
    }
    for (const std::uint32_t number : std::exchange(opened_, {})) {
      Member& member = *members_[number];
      if (member.exports_entered || member.opaque || !member.decodable) {
        continue;
      }
      member.exports_entered = true;
      for (const Symbol& symbol : member.object->symbols()) {
        if (symbol.located) {
          reach_address(number, symbol.value, member.node, Level::likely);
        }
      }
    }
  }

  /// Code that is not read: it may use all that it imports, and whatever text it holds.
  void take_all(Member& member, std::uint32_t number) {
    for (std::uint32_t symbol = 1; symbol < member.symbol_levels.size(); ++symbol) {
      if (!member.object->symbols()[symbol].defined) {
        use_symbol(number, symbol, member.node, Level::likely);
      }
    }
    with_bytes(member, [&](const ByteSource& bytes) { member.object->load_constants(bytes); });
    for (const Segment& segment : member.object->segments()) {
      const std::string_view bytes =
          segment.writable ? std::string_view() : member.object->bytes_of(segment);
      for (std::size_t at = 0; at < bytes.size();) {
        const std::string_view text = text_in(bytes.substr(at));
        if (!text.empty()) {
          report_constant(number, text, member.node, Level::possible);
        }
        at += text.size() + 1;
      }
    }
  }

  // What is reached.

  void let_go() const {
    for (const std::unique_ptr<Member>& member : members_) {
      member->object->let_go();
    }
  }

  void drain() {
    std::size_t looked_at = 0;
    for (unsigned round = 0;; ++round) {
      // All that is likely first, so that little is looked at twice.
      while (!likely_.empty() || !possible_.empty()) {
        std::deque<Task>& tasks = likely_.empty() ? possible_ : likely_;
        const Level level = likely_.empty() ? Level::possible : Level::likely;
        const Task task = tasks.front();
        tasks.pop_front();
        if (++looked_at % tasks_until_let_go == 0) {
          let_go();
        }
        if (task.is_data) {
          read_data(task.member, task.address, task.node, level);
        } else if (nodes_[task.node].level == level) {
          read_function(task.node, level);
        }
      }
      if (new_sinks_.empty() || round == most_wrapper_rounds) {
        new_sinks_.clear();
        return;
      }
      call_wrappers();
    }
  }

  /// False: the file takes more work than any real one.
  bool spend(Member& member, std::uint64_t work) {
    if (member.work_left >= work) {
      member.work_left -= work;
      return true;
    }
    if (member.work_left != 0) {
      member.work_left = 0;
      warnings_.push_back(
          {member.file->path.text(), "its code is too entangled to be followed to the end"});
    }
    return false;
  }

  void add_task(Level level, const Task& task) {
    (level == Level::likely ? likely_ : possible_).push_back(task);
  }

  /// Something refers to the address: a function is reached if it starts there; what is inside of
  /// one is a label, mostly its own, or a text, if constants lie among the code.
  void reach_address(std::uint32_t number, std::uint64_t address, std::uint32_t from, Level level) {
    Member& member = *members_[number];
    if (!member.functions) {
      if (!member.opaque && member.decodable &&
          (member.pending.empty() ||
           member.pending.back() != Member::Pending{address, from, level})) {
        member.pending.push_back({address, from, level});
      }
      return;
    }
    if (const std::optional<std::uint32_t> function = member.functions->find(address)) {
      if (const auto slot = stub_at(member, *function, address)) {
        follow_slot(number, *slot, from, level);
        return;
      }
      if ((*member.functions)[*function].start == address) {
        reach_function(member, *function, from, level);
        return;
      }
    }
    reach_data(number, address, from, level);
  }

  std::optional<std::uint32_t> find_or_add(std::uint32_t number, std::uint64_t address) {
    Member& member = *members_[number];
    const std::uint32_t before = member.functions->size();
    const std::optional<std::uint32_t> function =
        member.functions->find_or_add(*member.object, address);
    if (member.functions->size() != before) {
      member.added_nodes.push_back(static_cast<std::uint32_t>(nodes_.size()));
      member.failing.push_back(Failing::unknown);
      nodes_.push_back({.member = number, .function = *function});
    }
    return function;
  }

  void
  reach_function(const Member& member, std::uint32_t function, std::uint32_t from, Level level) {
    const std::uint32_t number = pare::node_of(member, function);
    Node& node = nodes_[number];
    if (node.level >= level) {
      return;
    }
    node.level = level;
    node.parent = from;
    add_task(level, {.member = node.member, .node = number});
  }

  void reach_data(std::uint32_t number, std::uint64_t address, std::uint32_t from, Level level) {
    Member& member = *members_[number];
    if (!member.seen_data[level == Level::likely].insert(address)) {
      return;
    }
    add_task(level, {.member = number, .is_data = true, .address = address, .node = from});
  }

  static std::optional<std::uint64_t>
  stub_at(const Member& member, std::uint32_t function, std::uint64_t address) {
    if (!member.functions->is_stubs(function)) {
      return std::nullopt;
    }
    const Region region = region_of(*member.object, (*member.functions)[function]);
    return stub_slot(
        member.object->machine(), region.bytes, region.address, address - region.address);
  }

  /// What the pointer at `slot` holds is used.
  void follow_slot(std::uint32_t number, std::uint64_t address, std::uint32_t from, Level level) {
    const Slot* slot = members_[number]->object->slot_at(address);
    if (slot != nullptr) {
      follow_slot(number, *slot, from, level);
    }
  }

  void follow_slot(std::uint32_t number, const Slot& slot, std::uint32_t from, Level level) {
    if (slot.symbol != no_symbol) {
      use_symbol(number, slot.symbol, from, level);
      return;
    }
    follow_pointer(number, slot.value, from, level);
  }

  /// A constant that is an address. Code counts only from its start: what is inside is a label,
  /// mostly of the function itself.
  void follow_pointer(std::uint32_t number, std::uint64_t value, std::uint32_t from, Level level) {
    const Member& member = *members_[number];
    const Segment* segment = member.object->segment_of(value);
    if (segment == nullptr) {
      use_copy(number, value, from, level);
      return;
    }
    if (!use_copy(number, value, from, level)) {
      reach_address(number, value, from, level);
    }
  }

  /// An address in a copied variable is a use of its symbol.
  bool use_copy(std::uint32_t number, std::uint64_t address, std::uint32_t from, Level level) {
    const Member& member = *members_[number];
    for (const Slot* slot : member.copies) {
      const Symbol& symbol = member.object->symbols()[slot->symbol];
      if (address - slot->at < std::max<std::uint64_t>(symbol.size, 1)) {
        use_symbol(number, slot->symbol, from, level);
        return true;
      }
    }
    return false;
  }

  void use_symbol(std::uint32_t number, std::uint32_t symbol, std::uint32_t from, Level level) {
    Member& member = *members_[number];
    const Symbol& entry = member.object->symbols()[symbol];
    if (member.roles[symbol] != Role::ordinary) {
      level = Level::possible;
    }
    if (member.symbol_levels[symbol] >= level) {
      return;
    }
    member.symbol_levels[symbol] = level;
    member.symbol_parents[symbol] = from;
    const bool is_own = entry.defined && std::ranges::none_of(member.copies, [&](const Slot* slot) {
                          return slot->symbol == symbol;
                        });
    if (!is_own && !entry.name.empty() && is_interesting_symbol(entry.name)) {
      report({ReachedKind::symbol,
              member.file,
              from,
              std::string(entry.name),
              {},
              confidence_of(level)});
    }
    for (const std::uint32_t process : scopes_.processes_of(number)) {
      bind(process, number, symbol);
    }
  }

  /// What the symbol is bound to in the process is reached.
  void bind(Process process, std::uint32_t number, std::uint32_t symbol) {
    const Member& member = *members_[number];
    const Symbol& entry = member.object->symbols()[symbol];
    const bool copied = std::ranges::any_of(
        member.copies, [&](const Slot* slot) { return slot->symbol == symbol; });
    const auto found = scopes_.find(process, entry, copied ? std::optional(number) : std::nullopt);
    if (!found) {
      return;
    }
    std::vector<Scopes::Definition>& bound = members_[number]->bound[symbol];
    if (std::ranges::find(bound, *found) == bound.end()) {
      bound.push_back(*found);
    }
    const Symbol& definition = members_[found->object]->object->symbols()[found->symbol];
    if (definition.located) {
      reach_address(found->object,
                    definition.value,
                    member.symbol_parents[symbol],
                    member.symbol_levels[symbol]);
    }
  }

  // Functions.

  std::uint64_t start_of(std::uint32_t node) const {
    const Member& member = *members_[nodes_[node].member];
    return (*member.functions)[nodes_[node].function].start;
  }

  void read_function(std::uint32_t node, Level level) {
    const std::uint32_t number = nodes_[node].member;
    Member& member = *members_[number];
    const FunctionRange range = (*member.functions)[nodes_[node].function];
    if (!spend(member, range.end - range.start)) {
      return;
    }
    std::vector<Reference> references;
    references.swap(references_);
    references.clear();
    Region region = region_of(*member.object, range);
    region.lengths = true;
    read_references(member.object->machine(), region, references);
    std::vector<Level> levels(references.size(), level);
    lower_failing(number, references, levels);
    for (std::size_t i = 0; i < references.size(); ++i) {
      follow_reference(number, node, range, references, i, levels[i]);
    }
    references.swap(references_);
    tidy(calls_, node);
    tidy(import_calls_, node);
    follow_calls(node, level);
  }

  /// A caller's edges are the last ones; each callee once.
  static void tidy(std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges,
                   std::uint32_t node) {
    auto first = edges.end();
    while (first != edges.begin() && (first - 1)->first == node) {
      --first;
    }
    std::sort(first, edges.end());
    edges.erase(std::unique(first, edges.end()), edges.end());
  }

  /// A call that reports a failure, and what is prepared for it, is no evidence.
  void lower_failing(std::uint32_t number,
                     const std::vector<Reference>& references,
                     std::vector<Level>& levels) {
    std::size_t block = 0;
    for (std::size_t i = 0; i < references.size(); ++i) {
      if (!is_flow(references[i].kind)) {
        continue;
      }
      if (is_failure(number, references[i], 0)) {
        std::fill(levels.begin() + static_cast<std::ptrdiff_t>(block),
                  levels.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  Level::possible);
      }
      block = i + 1;
    }
  }

  /// Whether the call or jump reports a failure.
  bool is_failure(std::uint32_t number, const Reference& reference, unsigned depth) {
    const Member& member = *members_[number];
    const Slot* slot = nullptr;
    if (reference.kind == ReferenceKind::call_memory ||
        reference.kind == ReferenceKind::jump_memory) {
      slot = member.object->slot_at(reference.value);
    } else if (reference.kind == ReferenceKind::call || reference.kind == ReferenceKind::jump) {
      const std::optional<std::uint32_t> function = member.functions->find(reference.value);
      if (!function) {
        return false;
      }
      if (!member.functions->is_stubs(*function)) {
        return (*member.functions)[*function].start == reference.value &&
               always_fails(number, *function, depth);
      }
      if (const auto place = stub_at(member, *function, reference.value)) {
        slot = member.object->slot_at(*place);
      }
    }
    return slot != nullptr && slot->symbol != no_symbol &&
           member.roles[slot->symbol] != Role::ordinary;
  }

  /// Whether it is a small function that has no other end than such a call.
  bool always_fails(std::uint32_t number, std::uint32_t function, unsigned depth) {
    Member& member = *members_[number];
    if (member.failing[function] != Failing::unknown) {
      return member.failing[function] == Failing::yes;
    }
    const FunctionRange& range = (*member.functions)[function];
    member.failing[function] = Failing::no; // also for one that calls itself
    if (range.end - range.start > largest_failing || depth == deepest_failing) {
      return false;
    }
    std::vector<Reference> references;
    read_references(member.object->machine(), region_of(*member.object, range), references);
    bool fails = false;
    for (const Reference& reference : references) {
      switch (reference.kind) {
      case ReferenceKind::call:
      case ReferenceKind::call_memory:
        fails = fails || ends_process(number, reference, depth);
        break;
      case ReferenceKind::jump:
      case ReferenceKind::jump_memory:
        if (reference.kind == ReferenceKind::jump && reference.value >= range.start &&
            reference.value < range.end) {
          break;
        }
        if (!ends_process(number, reference, depth)) {
          return false;
        }
        fails = true;
        break;
      case ReferenceKind::branch:
        if (reference.value < range.start || reference.value >= range.end) {
          return false;
        }
        break;
      case ReferenceKind::returns:
      case ReferenceKind::jump_register:
      case ReferenceKind::undecoded:
        return false;
      default:
        break;
      }
    }
    if (fails) {
      member.failing[function] = Failing::yes;
    }
    return fails;
  }

  bool ends_process(std::uint32_t number, const Reference& reference, unsigned depth) {
    const std::string_view name = imported_name(number, reference);
    return name.empty() ? is_failure(number, reference, depth + 1)
                        : role_of(name) == Role::no_return;
  }

  /// The symbol that a call or jump goes to by way of a pointer; empty: none.
  std::string_view imported_name(std::uint32_t number, const Reference& reference) const {
    const Member& member = *members_[number];
    std::optional<std::uint64_t> place;
    if (reference.kind == ReferenceKind::call_memory ||
        reference.kind == ReferenceKind::jump_memory) {
      place = reference.value;
    } else if (const auto function = member.functions->find(reference.value)) {
      place = stub_at(member, *function, reference.value);
    }
    const Slot* slot = place ? member.object->slot_at(*place) : nullptr;
    return slot != nullptr && slot->symbol != no_symbol
               ? member.object->symbols()[slot->symbol].name
               : std::string_view();
  }

  void follow_reference(std::uint32_t number,
                        std::uint32_t node,
                        const FunctionRange& range,
                        const std::vector<Reference>& references,
                        std::size_t index,
                        Level level) {
    const Reference& reference = references[index];
    switch (reference.kind) {
    case ReferenceKind::call:
    case ReferenceKind::jump:
    case ReferenceKind::branch:
      if (reference.value < range.start || reference.value >= range.end) {
        reach_code(number, reference.value, node, level);
      }
      break;
    case ReferenceKind::call_memory:
    case ReferenceKind::jump_memory:
      follow_slot(number, reference.value, node, level);
      note_import(number, reference.value, node);
      break;
    case ReferenceKind::memory:
      read_memory(number, reference.value, node, level);
      break;
    case ReferenceKind::address:
    case ReferenceKind::number:
      if (reference.value < range.start || reference.value >= range.end) {
        follow_pointer(number, reference.value, node, level);
        take_counted_text(number, node, references, index, level);
      }
      break;
    default:
      break;
    }
  }

  /// The target of a call or jump.
  void reach_code(std::uint32_t number, std::uint64_t address, std::uint32_t node, Level level) {
    Member& member = *members_[number];
    const std::optional<std::uint32_t> function = find_or_add(number, address);
    if (!function) {
      return;
    }
    if (const auto slot = stub_at(member, *function, address)) {
      follow_slot(number, *slot, node, level);
      note_import(number, *slot, node);
    } else {
      calls_.push_back({node, pare::node_of(member, *function)});
      reach_function(member, *function, node, level);
    }
  }

  void note_import(std::uint32_t number, std::uint64_t slot_address, std::uint32_t node) {
    const Slot* slot = members_[number]->object->slot_at(slot_address);
    if (slot != nullptr && slot->symbol != no_symbol) {
      import_calls_.push_back({node, slot->symbol});
    }
  }

  /// A plain access: of a pointer that the loader filled, or of a text's characters.
  void read_memory(std::uint32_t number, std::uint64_t address, std::uint32_t node, Level level) {
    Member& member = *members_[number];
    if (const Slot* slot = member.object->slot_at(address); slot != nullptr && !slot->copied) {
      follow_slot(number, *slot, node, level);
      return;
    }
    if (use_copy(number, address, node, level)) {
      return;
    }
    const Segment* segment = member.object->segment_of(address);
    if (segment != nullptr && !segment->writable && !segment->executable) {
      const std::string_view text = text_in(member.object->bytes_at(address));
      if (!text.empty() && spend(member, text.size())) {
        report_constant(number, text, node, level);
      }
    }
  }

  /// Texts of Rust and Go have no NUL at their end: their length stands near their address.
  void take_counted_text(std::uint32_t number,
                         std::uint32_t node,
                         const std::vector<Reference>& references,
                         std::size_t index,
                         Level level) {
    const Reference& reference = references[index];
    const auto take = [&](const Reference& other) {
      if (other.kind == ReferenceKind::length) {
        report_counted(number, reference.value, other.value, node, level);
      }
    };
    const auto is_near = [&](const Reference& other) {
      return (other.at > reference.at ? other.at - reference.at : reference.at - other.at) <=
             near_length;
    };
    for (std::size_t i = index; i-- > 0 && is_near(references[i]);) {
      take(references[i]);
    }
    for (std::size_t i = index + 1; i < references.size() && is_near(references[i]); ++i) {
      take(references[i]);
    }
  }

  /// A text of so many bytes, if that is plausible: something else begins behind it, or it has no
  /// end of its own.
  void report_counted(std::uint32_t number,
                      std::uint64_t address,
                      std::uint64_t length,
                      std::uint32_t node,
                      Level level) {
    Member& member = *members_[number];
    const std::string_view bytes = member.object->bytes_at(address);
    const std::string_view text = counted_text(bytes, length);
    if (!text.empty() && length < bytes.size() && bytes[length] != '\0' &&
        (member.functions->next_start(address, length + 1) == address + length ||
         text_in(bytes).empty())) {
      member.counted_texts.insert(address);
      report_constant(number, text, node, level);
    }
  }

  // Data.

  /// A text, or a table of pointers up to where something else begins.
  void read_data(std::uint32_t number, std::uint64_t address, std::uint32_t node, Level level) {
    Member& member = *members_[number];
    const Object& object = *member.object;
    const std::string_view text = text_in(object.bytes_at(address));
    if (!text.empty() && object.slot_at(address) == nullptr &&
        !member.counted_texts.contains(address)) {
      report_constant(number, text, node, level);
    }
    const std::uint64_t end = end_of_data(member, address);
    const std::vector<Slot>& slots = object.slots();
    for (auto slot = std::ranges::lower_bound(slots, address, {}, &Slot::at);
         slot != slots.end() && slot->at < end;
         ++slot) {
      if (slot->copied || slot->linkage || !spend(member, sizeof(Slot))) {
        continue;
      }
      follow_slot(number, *slot, node, level);
      if (slot->symbol == no_symbol && object.slot_at(slot->at + 8) == nullptr) {
        report_counted(number, slot->value, object.number_at(slot->at + 8, 8), node, level);
      }
    }
  }

  std::uint64_t end_of_data(const Member& member, std::uint64_t address) {
    const std::uint32_t number = nodes_[member.node].member;
    auto [sizes, fresh] = data_sizes_.try_emplace(number);
    if (fresh) {
      for (const Symbol& symbol : member.object->symbols()) {
        if (symbol.located && symbol.size != 0) {
          std::uint64_t& size = sizes->second[symbol.value];
          size = std::max(size, symbol.size);
        }
      }
    }
    if (const auto known = sizes->second.find(address); known != sizes->second.end()) {
      return address + std::min(known->second, longest_table);
    }
    return member.functions->next_start(address, longest_table);
  }

  // Calls whose arguments are wanted.

  /// The functions at the other end that hand arguments on.
  std::vector<Sink>
  sinks_of(std::uint32_t number, std::uint64_t target, bool through_pointer) const {
    const Member& member = *members_[number];
    std::optional<std::uint64_t> place;
    std::vector<Sink> sinks;
    const std::optional<std::uint32_t> function =
        through_pointer ? std::nullopt : member.functions->find(target);
    if (through_pointer) {
      place = target;
    } else if (function) {
      place = stub_at(member, *function, target);
    }
    const auto add = [&](std::uint32_t node) {
      if (const auto known = sinks_.find(node); known != sinks_.end()) {
        sinks.insert(sinks.end(), known->second.begin(), known->second.end());
      }
    };
    if (!place) {
      if (function && (*member.functions)[*function].start == target) {
        add(pare::node_of(member, *function));
      }
      return sinks;
    }
    const Slot* slot = member.object->slot_at(*place);
    if (slot == nullptr || slot->symbol == no_symbol) {
      return sinks;
    }
    const std::string_view name = member.object->symbols()[slot->symbol].name;
    if (const auto call = options_.calls.find(name); call != options_.calls.end()) {
      Sink sink{call->first, {}};
      for (std::uint32_t i = 0; i < call->second; ++i) {
        sink.arguments.push_back({.parameter = i, .text = std::nullopt});
      }
      sinks.push_back(std::move(sink));
    } else {
      for (const Scopes::Definition& definition : member.bound[slot->symbol]) {
        if (const std::optional<std::uint32_t> node = node_of(definition)) {
          add(*node);
        }
      }
    }
    return sinks;
  }

  /// The function that is a definition, if its code is read.
  std::optional<std::uint32_t> node_of(const Scopes::Definition& definition) const {
    const Member& member = *members_[definition.object];
    if (!member.functions) {
      return std::nullopt;
    }
    const std::optional<std::uint32_t> function =
        member.functions->find(member.object->symbols()[definition.symbol].value);
    return function ? std::optional(pare::node_of(member, *function)) : std::nullopt;
  }

  /// Looks for calls with constant arguments in a function that was just read; or that calls a
  /// wrapper.
  void follow_calls(std::uint32_t node, Level level) {
    if (options_.calls.empty()) {
      return;
    }
    // Most functions call none of them: that is seen from the lists of calls.
    if (may_call(node)) {
      follow_known_calls(node, level);
    }
  }

  void follow_known_calls(std::uint32_t node, Level level) {
    const std::uint32_t number = nodes_[node].member;
    Member& member = *members_[number];
    const FunctionRange range = (*member.functions)[nodes_[node].function];
    if (!spend(member, range.end - range.start)) {
      return;
    }
    std::map<std::pair<std::uint64_t, bool>, std::vector<Sink>> known;
    const auto sinks_at = [&](std::uint64_t target,
                              bool through_pointer) -> const std::vector<Sink>& {
      const auto [entry, fresh] = known.try_emplace({target, through_pointer});
      if (fresh) {
        entry->second = sinks_of(number, target, through_pointer);
      }
      return entry->second;
    };
    const auto calls = follow_arguments(
        *member.object,
        range,
        [&](std::uint64_t target, bool through_pointer) {
          std::size_t count = 0;
          for (const Sink& sink : sinks_at(target, through_pointer)) {
            for (const Sink::Argument& argument : sink.arguments) {
              count =
                  std::max<std::size_t>(count, argument.parameter ? *argument.parameter + 1 : 0);
            }
          }
          return count;
        },
        member.work_left);
    for (const FollowedCall& call : calls) {
      for (const Sink& sink : sinks_at(call.target, call.through_pointer)) {
        take_call(node, level, sink, call.arguments);
      }
    }
  }

  bool may_call(std::uint32_t node) const {
    const std::uint32_t number = nodes_[node].member;
    for (std::size_t i = calls_.size(); i-- > 0 && calls_[i].first == node;) {
      if (sinks_.contains(calls_[i].second)) {
        return true;
      }
    }
    for (std::size_t i = import_calls_.size(); i-- > 0 && import_calls_[i].first == node;) {
      if (leads_to_sink(number, import_calls_[i].second)) {
        return true;
      }
    }
    return false;
  }

  bool leads_to_sink(std::uint32_t number, std::uint32_t symbol) const {
    if (is_call(members_[number]->object->symbols()[symbol].name)) {
      return true;
    }
    return std::ranges::any_of(members_[number]->bound[symbol],
                               [&](const Scopes::Definition& definition) {
                                 const std::optional<std::uint32_t> target = node_of(definition);
                                 return target && sinks_.contains(*target);
                               });
  }

  /// A call of a sink: reported for each choice of its constants, and handed on to the function's
  /// own callers.
  void
  take_call(std::uint32_t node, Level level, const Sink& sink, const std::vector<Values>& values) {
    const std::uint32_t number = nodes_[node].member;
    // What each argument may be; nothing where it is not known.
    std::vector<std::vector<Sink::Argument>> choices;
    std::size_t count = 1;
    for (const Sink::Argument& argument : sink.arguments) {
      std::vector<Sink::Argument> choice;
      if (argument.text || !argument.parameter) {
        choice.push_back(argument);
      } else if (*argument.parameter < values.size()) {
        for (const Value& value : values[*argument.parameter]) {
          if (value.kind == Value::Kind::parameter) {
            choice.push_back(
                {.parameter = static_cast<std::uint32_t>(value.number), .text = std::nullopt});
          } else if (auto text = text_of(number, value)) {
            choice.push_back({.parameter = std::nullopt, .text = std::move(text)});
          }
        }
      }
      if (choice.empty()) {
        choice.emplace_back();
      }
      count = std::min(count * choice.size(), most_choices);
      choices.push_back(std::move(choice));
    }
    for (std::size_t i = 0; i < count; ++i) {
      Sink made{sink.name, {}};
      std::size_t rest = i;
      for (const std::vector<Sink::Argument>& choice : choices) {
        made.arguments.push_back(choice[rest % choice.size()]);
        rest /= choice.size();
      }
      // What the callee says itself was told when it was read.
      bool adds = false;
      for (std::size_t at = 0; at < made.arguments.size(); ++at) {
        adds = adds || (made.arguments[at].text && sink.arguments[at].parameter);
      }
      if (adds) {
        report_call(node, level, made);
      }
      add_sink(node, std::move(made));
    }
  }

  /// The text that a value points to.
  std::optional<std::string> text_of(std::uint32_t number, const Value& value) const {
    const Object& object = *members_[number]->object;
    std::uint64_t address = value.number;
    if (value.kind == Value::Kind::number && !object.is_fixed()) {
      return std::nullopt;
    }
    if (value.kind == Value::Kind::slot) {
      const Slot* slot = object.slot_at(address);
      if (slot == nullptr || slot->symbol != no_symbol || slot->resolver) {
        return std::nullopt;
      }
      address = slot->value;
    }
    const std::string_view bytes = object.bytes_at(address);
    // Short ones too: a mode "r", a folder "/".
    const std::size_t end = bytes.substr(0, longest_text).find('\0');
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    const std::string_view text = bytes.substr(0, end);
    const bool printable =
        text.size() < 3 ? counted_text(std::string(text) + "...", text.size() + 3).size() != 0
                        : !counted_text(text, text.size()).empty();
    const Segment* segment = object.segment_of(address);
    return printable && segment != nullptr && (!segment->executable || text.size() >= 3)
               ? std::optional(std::string(text))
               : std::nullopt;
  }

  void report_call(std::uint32_t node, Level level, const Sink& sink) {
    Reached reached{ReachedKind::call,
                    members_[nodes_[node].member]->file,
                    node,
                    sink.name,
                    {},
                    confidence_of(level)};
    for (const Sink::Argument& argument : sink.arguments) {
      reached.arguments.push_back(argument.text);
    }
    while (!reached.arguments.empty() && !reached.arguments.back()) {
      reached.arguments.pop_back();
    }
    Level& known = reported_calls_[{nodes_[node].member, sink.name, reached.arguments}];
    if (known < level) {
      known = level;
      report(std::move(reached));
    }
  }

  void add_sink(std::uint32_t node, Sink sink) {
    const bool hands_on = std::ranges::any_of(sink.arguments, [](const Sink::Argument& argument) {
      return argument.parameter.has_value();
    });
    if (!hands_on) {
      return;
    }
    std::vector<Sink>& sinks = sinks_[node];
    if (sinks.size() < most_sinks && std::ranges::find(sinks, sink) == sinks.end()) {
      sinks.push_back(std::move(sink));
      new_sinks_.insert(node);
    }
  }

  /// The callers of functions that turned out to hand arguments on.
  void call_wrappers() {
    std::vector<bool> fresh(nodes_.size());
    for (const std::uint32_t node : std::exchange(new_sinks_, {})) {
      fresh[node] = true;
    }
    std::set<std::uint32_t> callers;
    for (const auto& [caller, callee] : calls_) {
      if (fresh[callee]) {
        callers.insert(caller);
      }
    }
    std::set<std::pair<std::uint32_t, std::uint32_t>> symbols; // that are bound to one
    for (std::uint32_t number = 0; number < members_.size(); ++number) {
      const std::vector<std::vector<Scopes::Definition>>& bound = members_[number]->bound;
      for (std::uint32_t symbol = 0; symbol < bound.size(); ++symbol) {
        for (const Scopes::Definition& definition : bound[symbol]) {
          const std::optional<std::uint32_t> node = node_of(definition);
          if (node && fresh[*node]) {
            symbols.insert({number, symbol});
          }
        }
      }
    }
    for (const auto& [caller, symbol] : import_calls_) {
      if (!symbols.empty() && symbols.contains({nodes_[caller].member, symbol})) {
        callers.insert(caller);
      }
    }
    for (const std::uint32_t caller : callers) {
      follow_known_calls(caller, nodes_[caller].level);
    }
  }

  // What is said.

  void report(Reached reached) { reached_.push_back(std::move(reached)); }

  void
  report_constant(std::uint32_t number, std::string_view text, std::uint32_t node, Level level) {
    if (!is_interesting_constant(text)) {
      return;
    }
    Level& known = reported_constants_[{number, text}];
    if (known < level) {
      known = level;
      report({ReachedKind::constant,
              members_[number]->file,
              node,
              std::string(text),
              {},
              confidence_of(level)});
    }
  }

  /// Empty: it has none.
  std::string name_of(std::uint32_t node) const {
    const Node& entry = nodes_[node];
    const Member& member = *members_[entry.member];
    if (entry.function == no_node) {
      return member.is_program ? std::string() : "loading of " + member.name;
    }
    const std::uint64_t start = start_of(node);
    if (member.names.empty()) {
      for (const Symbol& symbol : member.object->symbols()) {
        if (symbol.located && !symbol.name.empty()) {
          member.names.try_emplace(symbol.value, symbol.name);
        }
      }
    }
    if (const auto known = member.names.find(start); known != member.names.end()) {
      return member.is_program ? std::string(known->second)
                               : fmt::format("{} in {}", known->second, member.name);
    }
    const std::uint32_t parent = entry.parent;
    const bool is_main = member.is_program && parent < nodes_.size() &&
                         nodes_[parent].function != no_node &&
                         start_of(parent) == member.object->entry();
    return is_main ? "main" : std::string();
  }

  const Root& root_;
  ReachOptions options_;
  std::vector<std::unique_ptr<Member>> members_;
  std::unordered_map<const Examined*, std::uint32_t> by_file_;
  Scopes scopes_;
  std::vector<Process> changed_processes_;
  std::vector<std::uint32_t> opened_;
  std::vector<Node> nodes_;
  std::deque<Task> likely_, possible_;
  std::vector<Reference> references_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>>
      calls_; ///< Caller and callee; a caller's follow one another.
  std::vector<std::pair<std::uint32_t, std::uint32_t>>
      import_calls_;                                 ///< Caller and symbol of its object.
  std::map<std::uint32_t, std::vector<Sink>> sinks_; ///< By function.
  std::set<std::uint32_t> new_sinks_;
  std::map<std::uint32_t, std::unordered_map<std::uint64_t, std::uint64_t>> data_sizes_;
  std::map<std::pair<std::uint32_t, std::string_view>, Level>
      reported_constants_; ///< The text lies in the object.
  std::map<std::tuple<std::uint32_t, std::string, std::vector<std::optional<std::string>>>, Level>
      reported_calls_;
  std::vector<Reached> reached_;
  std::vector<Warning> warnings_;
};

Reach::Reach(const Root& root, ReachOptions options)
    : engine_(std::make_unique<Engine>(root, std::move(options))) {}
Reach::~Reach() = default;

Reach::Process Reach::add_process(const std::vector<const Examined*>& objects) {
  return engine_->add_process(objects);
}
void Reach::extend(Process process, const std::vector<const Examined*>& objects) {
  engine_->extend(process, objects);
}
void Reach::enter_all(const Examined& file) {
  engine_->enter_all(file);
}
void Reach::enter(const Examined& file, std::string_view symbol) {
  engine_->enter(file, symbol);
}
std::vector<Reached> Reach::run() {
  return engine_->run();
}
std::vector<std::string> Reach::chain(std::uint32_t function) const {
  return engine_->chain(function);
}
std::vector<Warning> Reach::take_warnings() {
  return engine_->take_warnings();
}
Reach::Numbers Reach::numbers() const {
  return engine_->numbers();
}

} // namespace pare
