// strace prints a call as C would write it, which is not the same as what happened: a relative path
// means what the process's working folder, or the descriptor in front of it, was at that moment. So
// the log is replayed: each process has a working folder and descriptors, its children inherit
// them. A call that another process interrupts comes in two lines.

#include "formats/recording.hpp"

#include "base/json.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t most_faults = 10;
constexpr std::size_t most_processes = 1'000'000;
constexpr std::size_t most_descriptors = 100'000; ///< Of one process.

constexpr std::array<std::pair<std::string_view, TracedOperation>, 11> operations = {{
    {"open", TracedOperation::open},
    {"exec", TracedOperation::exec},
    {"stat", TracedOperation::stat},
    {"list", TracedOperation::list},
    {"readlink", TracedOperation::readlink},
    {"connect", TracedOperation::connect},
    {"missing", TracedOperation::missing},
    {"write", TracedOperation::write},
    {"create", TracedOperation::create},
    {"mkdir", TracedOperation::mkdir},
    {"remove", TracedOperation::remove},
}};

class Collector {
public:
  void add(std::string path, TracedOperation operation) {
    TracedUse use;
    use.path = std::move(path);
    use.operation = operation;
    if (use.path.starts_with('/') && seen_.insert(use).second) {
      recording.uses.push_back(std::move(use));
    }
  }

  void fault(std::size_t line, std::string_view what) {
    if (recording.faults.size() < most_faults) {
      recording.faults.push_back(fmt::format("line {}: {}", line, what));
    }
  }

  Recording recording;

private:
  std::set<TracedUse> seen_;
};

// ------------------------------------------------------------------------------------------------
// JSON lines

/// The bytes of a name as append_json() writes it: an odd number of backslashes in front of `xHH`
/// ends in one that begins a byte; the others are doubled there, and nowhere else.
std::string name_of(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t slashes = std::min(text.find_first_not_of('\\'), text.size());
    text.remove_prefix(slashes);
    if (!text.starts_with('x')) {
      out.append(slashes, '\\');
      const std::size_t plain = std::min(text.find('\\'), text.size());
      out += text.substr(0, plain);
      text.remove_prefix(plain);
      continue;
    }
    out.append(slashes / 2, '\\');
    unsigned char byte = 0;
    const std::string_view digits = text.substr(1, 2);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (slashes % 2 == 0) {
      out += 'x';
      text.remove_prefix(1);
    } else if (digits.size() == 2 && parsed.ptr == digits.data() + 2) {
      out += static_cast<char>(byte);
      text.remove_prefix(3);
    } else { // by hand
      out += "\\x";
      text.remove_prefix(1);
    }
  }
  return out;
}

void read_json_line(std::string_view text, std::size_t number, Collector& to) {
  Json fact;
  try {
    fact = parse_json(text);
  } catch (const InputError& error) {
    to.fault(number, error.what()); // the last line of a tracer that was killed
    return;
  }
  const auto known = std::ranges::find(
      operations, fact["op"].text(), &std::pair<std::string_view, TracedOperation>::first);
  if (!fact["path"].text().starts_with('/') || known == operations.end()) {
    to.fault(number, "no fact of a recording");
    return;
  }
  to.add(name_of(fact["path"].text()), known->second);
}

// ------------------------------------------------------------------------------------------------
// strace

/// One argument as strace prints it.
struct Argument {
  std::string_view text;            ///< All of it.
  std::optional<std::string> value; ///< Of a string: its bytes.
};

struct SystemCall {
  std::string_view name;
  std::vector<Argument> arguments;
  std::int64_t result = -1;
  std::string_view result_path; ///< -y: the path behind the descriptor that is returned.
  bool is_absent = false;       ///< ENOENT, ENOTDIR.
};

/// A string in C's notation; `text` starts behind the opening quote. Advances behind the closing
/// one.
std::optional<std::string> read_string(std::string_view& text) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"') {
      return out;
    }
    if (c != '\\') {
      out += c;
      continue;
    }
    if (text.empty()) {
      return std::nullopt;
    }
    const char escaped = text.front();
    const bool is_octal = escaped >= '0' && escaped <= '7';
    if (is_octal || escaped == 'x') {
      const std::string_view digits = text.substr(is_octal ? 0 : 1, is_octal ? 3 : 2);
      unsigned value = 0;
      const auto parsed =
          std::from_chars(digits.data(), digits.data() + digits.size(), value, is_octal ? 8 : 16);
      out += static_cast<char>(value);
      text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
      continue;
    }
    constexpr std::string_view from = "nrtvfab", to = "\n\r\t\v\f\a\b";
    const std::size_t at = from.find(escaped);
    out += at == std::string_view::npos ? escaped : to[at];
    text.remove_prefix(1);
  }
  return std::nullopt;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// `name(arguments) = result`. nullopt: no call that has ended.
std::optional<SystemCall> read_call(std::string_view text) {
  SystemCall call;
  const std::size_t open =
      static_cast<std::size_t>(std::ranges::find_if_not(text, is_word) - text.begin());
  if (open == 0 || open == text.size() || text[open] != '(') {
    return std::nullopt;
  }
  call.name = text.substr(0, open);
  text.remove_prefix(open + 1);
  while (true) {
    // One argument: up to a comma or parenthesis outside of strings and brackets.
    Argument argument;
    const std::string_view start = text;
    int depth = 0;
    while (!text.empty() && !(depth == 0 && (text.front() == ',' || text.front() == ')'))) {
      const char c = text.front();
      text.remove_prefix(1);
      if (c == '"') {
        std::optional<std::string> value = read_string(text);
        if (!value) {
          return std::nullopt;
        }
        if (!argument.value) {
          argument.value = std::move(value);
        }
      } else if (c == '<' && depth == 0) { // -y: 3</a (deleted)>
        const std::size_t end = text.find('>');
        if (end == std::string_view::npos) {
          return std::nullopt;
        }
        text.remove_prefix(end);
      } else if (c == '(' || c == '[' || c == '{') {
        ++depth;
      } else if (c == ')' || c == ']' || c == '}') {
        --depth;
      }
    }
    if (text.empty()) {
      return std::nullopt;
    }
    argument.text = start.substr(0, start.size() - text.size());
    while (argument.text.starts_with(' ')) {
      argument.text.remove_prefix(1);
    }
    if (!argument.text.empty()) {
      call.arguments.push_back(std::move(argument));
    }
    const bool is_last = text.front() == ')';
    text.remove_prefix(1);
    if (is_last) {
      break;
    }
  }
  const std::size_t equals = text.find("= ");
  if (equals == std::string_view::npos || text.find_first_not_of(' ') != equals) {
    return std::nullopt;
  }
  text.remove_prefix(equals + 2);
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), call.result);
  if (parsed.ec != std::errc()) {
    return std::nullopt; // "?": it did not return
  }
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  if (text.starts_with('<')) {
    call.result_path = text.substr(1, text.rfind('>') - 1);
  }
  call.is_absent = text.starts_with(" ENOENT") || text.starts_with(" ENOTDIR");
  return call;
}

/// What a call does with a path, and where its arguments stand.
struct CallForm {
  TracedOperation operation = TracedOperation::open;
  int folder = -1; ///< The descriptor that a relative path starts from; -1: the working folder.
  int path = 0;
  int flags = -1;
};

const std::map<std::string_view, CallForm>& forms() {
  using enum TracedOperation;
  static const std::map<std::string_view, CallForm> table = {
      {"open", {open, -1, 0, 1}},      {"openat", {open, 0, 1, 2}},
      {"openat2", {open, 0, 1, 2}},    {"creat", {create, -1, 0}},
      {"execve", {exec, -1, 0}},       {"execveat", {exec, 0, 1}},
      {"stat", {stat, -1, 0}},         {"lstat", {stat, -1, 0}},
      {"stat64", {stat, -1, 0}},       {"lstat64", {stat, -1, 0}},
      {"newfstatat", {stat, 0, 1}},    {"fstatat64", {stat, 0, 1}},
      {"statx", {stat, 0, 1}},         {"access", {stat, -1, 0}},
      {"faccessat", {stat, 0, 1}},     {"faccessat2", {stat, 0, 1}},
      {"statfs", {stat, -1, 0}},       {"getxattr", {stat, -1, 0}},
      {"lgetxattr", {stat, -1, 0}},    {"truncate", {write, -1, 0}},
      {"readlink", {readlink, -1, 0}}, {"readlinkat", {readlink, 0, 1}},
      {"mkdir", {mkdir, -1, 0}},       {"mkdirat", {mkdir, 0, 1}},
      {"mknod", {create, -1, 0}},      {"mknodat", {create, 0, 1}},
      {"symlink", {create, -1, 1}},    {"symlinkat", {create, 1, 2}},
      {"link", {create, -1, 1}},       {"linkat", {create, 2, 3}},
      {"rename", {create, -1, 1}},     {"renameat", {create, 2, 3}},
      {"renameat2", {create, 2, 3}},   {"unlink", {remove, -1, 0}},
      {"unlinkat", {remove, 0, 1}},    {"rmdir", {remove, -1, 0}},
  };
  return table;
}

struct ProcessState {
  std::string root; ///< After chroot(2): in front of absolute paths. Empty: the root itself.
  std::string folder;
  std::map<std::int64_t, std::string> descriptors;
  std::string unfinished; ///< The first half of a call that was interrupted.
};

class StraceReader {
public:
  StraceReader(Collector& to, std::string working_folder)
      : to_(to), start_{.root = "", .folder = std::move(working_folder)} {}

  void read_line(std::string_view line, std::size_t number) {
    std::int64_t pid = 0;
    strip_head(line, pid);
    if (line.empty() || line.starts_with("+++") || line.starts_with("---") ||
        line.starts_with("strace:")) {
      return;
    }
    ProcessState& process = process_of(pid);
    std::string whole;
    if (line.starts_with("<... ")) {
      const std::size_t end = line.find("resumed>");
      if (end == std::string_view::npos || process.unfinished.empty()) {
        return; // strace was attached while it went on
      }
      whole = std::exchange(process.unfinished, {}) + std::string(line.substr(end + 8));
    } else if (const std::size_t cut = line.find(" <unfinished ...>");
               cut != std::string_view::npos) {
      process.unfinished = line.substr(0, cut);
      return;
    } else {
      whole = line;
    }
    if (const std::optional<SystemCall> call = read_call(whole)) {
      apply(pid, *call);
    } else if (!whole.ends_with("= ?")) {
      to_.fault(number, "no line of strace");
    }
  }

private:
  /// The process's number and time stamps.
  static void strip_head(std::string_view& line, std::int64_t& pid) {
    if (line.starts_with("[pid")) {
      line.remove_prefix(4);
      line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
      std::from_chars(line.data(), line.data() + line.size(), pid);
      line.remove_prefix(std::min(line.find(']') + 1, line.size()));
    }
    bool is_first = pid == 0;
    while (true) {
      line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
      const std::size_t end = line.find(' ');
      const std::string_view word = line.substr(0, end);
      if (end == std::string_view::npos || word.empty() ||
          word.find_first_not_of("0123456789:.") != std::string_view::npos) {
        return;
      }
      if (is_first && word.find_first_of(":.") == std::string_view::npos) {
        std::from_chars(word.data(), word.data() + word.size(), pid);
      }
      is_first = false;
      line.remove_prefix(end);
    }
  }

  ProcessState& process_of(std::int64_t pid) {
    if (processes_.size() >= most_processes) {
      throw InputError(fmt::format("more than {} processes", most_processes));
    }
    return processes_.try_emplace(pid, start_).first->second;
  }

  static std::int64_t number_of(std::string_view text) {
    std::int64_t number = -1;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }

  /// The folder that a descriptor stands for: as -y prints it, else as it was opened.
  static std::string folder_of(const ProcessState& process, std::string_view descriptor) {
    if (const std::size_t open = descriptor.find('<'); open != std::string_view::npos) {
      return std::string(descriptor.substr(open + 1, descriptor.rfind('>') - open - 1));
    }
    if (descriptor.starts_with("AT_FDCWD")) {
      return process.folder;
    }
    const auto known = process.descriptors.find(number_of(descriptor));
    return known == process.descriptors.end() ? "" : known->second;
  }

  static std::string
  absolute(const ProcessState& process, std::string_view folder, const std::string& path) {
    if (path.starts_with('/')) {
      return process.root + path;
    }
    return folder.starts_with('/') ? fmt::format("{}/{}", folder == "/" ? "" : folder, path) : "";
  }

  void apply(std::int64_t pid, const SystemCall& call) {
    ProcessState& process = process_of(pid);
    const auto text = [&](std::size_t place) {
      return place < call.arguments.size() ? call.arguments[place].text : std::string_view();
    };
    if (const auto known = forms().find(call.name); known != forms().end()) {
      use_path(process, call, known->second);
      return;
    }
    if (call.result < 0) {
      return;
    }
    if (call.name == "chdir" || call.name == "chroot") {
      if (!call.arguments.empty() && call.arguments[0].value) {
        std::string path = absolute(process, process.folder, *call.arguments[0].value);
        (call.name == "chdir" ? process.folder : process.root) = std::move(path);
      }
    } else if (call.name == "fchdir") {
      process.folder = folder_of(process, text(0));
    } else if (call.name == "getdents64" || call.name == "getdents") {
      to_.add(folder_of(process, text(0)), TracedOperation::list);
    } else if (call.name == "close") {
      process.descriptors.erase(number_of(text(0)));
    } else if (call.name == "dup" || call.name == "dup2" || call.name == "dup3" ||
               (call.name == "fcntl" && text(1).starts_with("F_DUPFD"))) {
      keep(process, call.result, folder_of(process, text(0)));
    } else if (call.name == "fork" || call.name == "vfork" || call.name == "clone" ||
               call.name == "clone3") {
      ProcessState child = process;
      child.unfinished.clear();
      processes_.insert_or_assign(call.result, std::move(child));
    } else if (call.name == "connect") {
      const std::size_t at = text(1).find("sun_path=\"");
      if (at != std::string_view::npos) {
        std::string_view rest = text(1).substr(at + 10);
        if (const std::optional<std::string> path = read_string(rest)) {
          to_.add(absolute(process, process.folder, *path), TracedOperation::connect);
        }
      }
    }
  }

  static void keep(ProcessState& process, std::int64_t descriptor, std::string path) {
    if (process.descriptors.size() < most_descriptors) {
      process.descriptors.insert_or_assign(descriptor, std::move(path));
    }
  }

  void use_path(ProcessState& process, const SystemCall& call, const CallForm& form) {
    const auto place = [](int number) { return static_cast<std::size_t>(number); };
    if (place(form.path) >= call.arguments.size() || !call.arguments[place(form.path)].value) {
      return;
    }
    const std::string& name = *call.arguments[place(form.path)].value;
    const std::string folder = form.folder < 0
                                   ? process.folder
                                   : folder_of(process, call.arguments[place(form.folder)].text);
    if (name.empty() && call.result != 0 && call.name != "openat") {
      return; // AT_EMPTY_PATH: the descriptor itself, which was opened before
    }
    std::string path = absolute(process, folder, name);
    if (path.empty()) {
      return;
    }
    if (call.result < 0) {
      if (call.is_absent) {
        to_.add(std::move(path), TracedOperation::missing);
      }
      return;
    }
    TracedOperation operation = form.operation;
    if (form.flags >= 0 && place(form.flags) < call.arguments.size()) {
      const std::string_view flags = call.arguments[place(form.flags)].text;
      const auto has = [&](std::string_view flag) {
        return flags.find(flag) != std::string_view::npos;
      };
      if (has("O_CREAT") && (has("O_EXCL") || has("O_TRUNC"))) {
        operation = TracedOperation::create;
      } else if (has("O_WRONLY") || has("O_RDWR")) {
        operation = TracedOperation::write;
      }
    }
    if (form.operation == TracedOperation::open || call.name == "creat") {
      keep(process, call.result, path);
    }
    to_.add(std::move(path), operation);
  }

  Collector& to_;
  ProcessState start_;
  std::map<std::int64_t, ProcessState> processes_;
};

} // namespace

std::string_view word_of(TracedOperation operation) {
  return std::ranges::find(
             operations, operation, &std::pair<std::string_view, TracedOperation>::second)
      ->first;
}

Recording read_recording(std::string_view text, const std::string& working_folder) {
  Collector collector;
  StraceReader strace(collector, working_folder);
  const bool is_json = text.starts_with('{');
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    is_json ? read_json_line(line, number, collector) : strace.read_line(line, number);
  }
  if (collector.recording.uses.empty() && !collector.recording.faults.empty()) {
    throw InputError("neither a recording of pare trace nor a log of strace");
  }
  return std::move(collector.recording);
}

} // namespace pare
