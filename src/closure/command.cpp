#include "closure/command.hpp"

#include "base/bytes.hpp"
#include "formats/script.hpp"
#include "formats/shell.hpp"
#include "root/follow.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace pare {

namespace {

constexpr std::string_view usual_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr int most_nested = 16;
constexpr std::uint64_t most_script = std::uint64_t{1} << 20;

/// A program that starts what follows its own options and operands.
struct Wrapper {
  std::string_view name;
  std::string_view options_with_value; ///< Short ones.
  int operands;                        ///< In front of the command: a user, a time.
};

// Each from its own manual page or README.
constexpr std::array wrappers = {
    Wrapper{"tini", "ep", 0},
    Wrapper{"tini-static", "ep", 0},
    Wrapper{"docker-init", "ep", 0},
    Wrapper{"dumb-init", "r", 0},
    Wrapper{"catatonit", "", 0},
    Wrapper{"gosu", "", 1},
    Wrapper{"su-exec", "", 1},
    Wrapper{"setpriv", "", 0},
    Wrapper{"nice", "n", 0},
    Wrapper{"ionice", "cnp", 0},
    Wrapper{"nohup", "", 0},
    Wrapper{"setsid", "", 0},
    Wrapper{"stdbuf", "ioe", 0},
    Wrapper{"timeout", "ks", 1},
    Wrapper{"chrt", "", 1},
    Wrapper{"taskset", "", 1},
    Wrapper{"xvfb-run", "efnpsw", 0},
};

/// Commands that are the shell's own, and not meant where no such file is.
constexpr std::array<std::string_view, 47> builtins = {
    ":",    ".",        "[",       "[[",       "alias",   "bg",      "break",  "builtin",
    "case", "cd",       "command", "continue", "declare", "echo",    "enable", "eval",
    "exec", "exit",     "export",  "false",    "fc",      "fg",      "for",    "getopts",
    "hash", "in",       "jobs",    "kill",     "let",     "local",   "printf", "pwd",
    "read", "readonly", "return",  "select",   "set",     "shift",   "shopt",  "source",
    "test", "times",    "trap",    "true",     "type",    "typeset", "ulimit"};

bool is_builtin(std::string_view name) {
  return std::ranges::find(builtins, name) != builtins.end() || name == "umask" ||
         name == "unset" || name == "wait" || name == "unalias";
}

bool is_shell(std::string_view name) {
  constexpr std::array<std::string_view, 6> shells = {"sh", "bash", "dash", "ash", "ksh", "zsh"};
  return std::ranges::find(shells, name) != shells.end();
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

class CommandReader {
public:
  CommandReader(const Root& root, const Options& options)
      : options_(options), walker_(root), environment_(options.environment) {}

  CommandUse read(const std::vector<std::string>& words) {
    follow(words, 0, true);
    return std::move(use_);
  }

private:
  using Words = std::vector<std::string>;

  struct Target {
    std::string place; ///< As it is found: symlinks kept.
    Walk walk;
    Stat stat;
  };

  std::string absolute(std::string_view path) const {
    return path.starts_with('/')
               ? std::string(path)
               : fmt::format(
                     "{}/{}", options_.working_folder == "/" ? "" : options_.working_folder, path);
  }

  std::optional<Target> regular_file(const std::string& place) {
    Target target{.place = place, .walk = walker_.follow(place)};
    if (target.walk.end != WalkEnd::found) {
      return std::nullopt;
    }
    const std::optional<Stat> stat = walker_.lstat(target.walk.path);
    if (!stat || stat->type != FileType::regular) {
      return std::nullopt;
    }
    target.stat = *stat;
    return target;
  }

  std::optional<Target> program(const std::string& name) {
    if (name.empty()) {
      return std::nullopt;
    }
    if (name.find('/') != std::string::npos) {
      return regular_file(absolute(name));
    }
    const auto variable = environment_.find("PATH");
    std::string_view list = variable == environment_.end() ? usual_path : variable->second;
    while (true) {
      const std::size_t colon = list.find(':');
      std::optional<Target> target =
          regular_file(absolute(fmt::format("{}/{}", list.substr(0, colon), name)));
      if (target && (target->stat.mode & 0111) != 0) {
        return target;
      }
      if (colon == std::string_view::npos) {
        return std::nullopt;
      }
      list.remove_prefix(colon + 1);
    }
  }

  static void add(Words& to, const std::string& text) {
    if (std::ranges::find(to, text) == to.end()) {
      to.push_back(text);
    }
  }

  /// `is_own`: the command itself, which must be there; a shell's may be a function or the like.
  void follow(const Words& words, int depth, bool is_own) {
    if (words.empty() || depth == most_nested) {
      return;
    }
    const std::string& name = words.front();
    const std::optional<Target> target = program(name);
    if (!target) {
      if (is_own) {
        add(use_.programs, name); // whoever resolves it says what is wrong
      } else if (!is_builtin(name)) {
        add(use_.missing, name);
      }
      return;
    }
    add(use_.programs, name.find('/') == std::string::npos ? name : target->place);
    const Words rest(words.begin() + 1, words.end());
    const std::string_view called = base_name(name);
    if (called == "env") {
      const EnvCommand command = read_env_arguments(rest);
      const std::map<std::string, std::string> before = environment_;
      if (command.path) {
        environment_["PATH"] = *command.path;
      }
      Words next = command.arguments;
      if (!command.program.empty()) {
        next.insert(next.begin(), command.program);
      }
      follow(next, depth + 1, is_own);
      environment_ = before;
      return;
    }
    if (is_shell(called)) {
      follow_shell(rest, depth);
      return;
    }
    const auto* const wrapper = std::ranges::find(wrappers, called, &Wrapper::name);
    if (wrapper != wrappers.end()) {
      follow(wrapped(*wrapper, rest), depth + 1, is_own);
      return;
    }
    if (is_shell_script(*target)) {
      follow_script(*target, rest, depth);
    }
    take_files(called, rest);
  }

  /// What is left behind the wrapper's options and operands.
  Words wrapped(const Wrapper& wrapper, const Words& words) {
    std::size_t at = 0;
    for (; at < words.size() && words[at].starts_with('-') && words[at] != "-"; ++at) {
      const std::string& word = words[at];
      if (word == "--") {
        ++at;
        break;
      }
      const bool is_long = word.starts_with("--");
      const bool has_value =
          is_long ? word.find('=') == std::string::npos && at + 1 < words.size() &&
                        !words[at + 1].starts_with('-') && !program(words[at + 1])
                  // The last letter of a cluster, if it takes a value, takes the next word.
                  : wrapper.options_with_value.find(word.back()) != std::string_view::npos;
      at += has_value ? 1 : 0;
    }
    at += static_cast<std::size_t>(wrapper.operands);
    return at < words.size() ? Words(words.begin() + static_cast<std::ptrdiff_t>(at), words.end())
                             : Words();
  }

  void follow_shell(const Words& words, int depth) {
    for (std::size_t at = 0; at < words.size(); ++at) {
      const std::string& word = words[at];
      if (word == "-o" || word == "+o" || word == "-O") {
        ++at;
      } else if (word.starts_with('-') && !word.starts_with("--") &&
                 word.find('c') != std::string::npos) {
        // `sh -ec TEXT NAME ARG...`
        const std::size_t text = at + 1;
        if (text < words.size()) {
          const std::size_t first = std::min(text + 2, words.size());
          run_text(words[text],
                   Words(words.begin() + static_cast<std::ptrdiff_t>(first), words.end()),
                   depth,
                   false);
        }
        return;
      } else if (!word.starts_with('-') && !word.starts_with('+')) {
        const Words rest(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
        if (const std::optional<Target> script = regular_file(absolute(word))) {
          add(use_.files, script->place);
          follow_script(*script, rest, depth);
        }
        take_files("sh", rest);
        return;
      }
    }
  }

  bool is_shell_script(const Target& target) {
    const std::optional<Root::Opened> opened = walker_.root().open(target.walk.path);
    if (!opened) {
      return false;
    }
    const std::optional<Script> script =
        read_script(read_bytes(*opened->bytes, 0, script_line_limit).view());
    if (!script) {
      return false;
    }
    const std::string_view interpreter = base_name(script->interpreter);
    return is_shell(interpreter) ||
           (interpreter == "env" &&
            is_shell(base_name(read_env_arguments({script->argument}).program)));
  }

  void follow_script(const Target& target, const Words& arguments, int depth) {
    const std::optional<Root::Opened> opened = walker_.root().open(target.walk.path);
    if (opened && opened->stat.size <= most_script) {
      run_text(read_all(*opened->bytes, most_script), arguments, depth, true);
    }
  }

  /// Of a script file only what replaces the shell, or is made of the script's arguments: the
  /// command that the image is for. What else it runs is for the finders to tell.
  void run_text(const std::string& text, const Words& arguments, int depth, bool is_script) {
    for (const ShellCommand& command : shell_commands(text, environment_)) {
      Words words;
      bool has_arguments = false;
      for (const ShellWord& word : command) {
        if (word.is_arguments) {
          has_arguments = true;
          words.insert(words.end(), arguments.begin(), arguments.end());
        } else {
          words.push_back(word.is_known ? word.text : std::string());
        }
      }
      bool replaces = false;
      std::size_t at = 0;
      for (; at < words.size(); ++at) {
        if (words[at] == "exec") {
          replaces = true;
        } else if (words[at] == "set" && at + 1 < words.size() && words[at + 1] == "--") {
          ++at; // new arguments, with which the shell will be replaced
          has_arguments = has_arguments && at + 1 < words.size();
        } else if (words[at] != "command") {
          break;
        }
      }
      if (replaces && at < words.size() && words[at] == "-a") { // bash: exec -a NAME COMMAND
        at += 2;
      }
      if (at < words.size() && (!is_script || replaces || has_arguments)) {
        const Words rest(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
        if (!rest.front().empty() && !is_builtin(rest.front())) {
          follow(rest, depth + 1, false);
        }
      }
    }
  }

  /// Arguments that are files: a script, a config (`--config=FILE` too), a jar; and what names a
  /// module of Python below the working folder (`app.main:app`, `-m app`).
  void take_files(std::string_view called, const Words& words) {
    bool is_class_path = false;
    for (const std::string& word : words) {
      if (is_class_path) {
        take_class_path(word);
        is_class_path = false;
        continue;
      }
      is_class_path =
          called == "java" && (word == "-cp" || word == "-classpath" || word == "--class-path" ||
                               word == "-p" || word == "--module-path");
      const std::size_t equals = word.starts_with('-') ? word.find('=') : std::string::npos;
      const std::string value = equals == std::string::npos ? word : word.substr(equals + 1);
      if (value.empty() || value.size() > 4095 || (value.starts_with('-') && equals == word.npos)) {
        continue;
      }
      if (const std::optional<Target> file = regular_file(absolute(value))) {
        add(use_.files, file->place);
      } else {
        take_module(value);
      }
    }
  }

  void take_module(std::string name) {
    name = name.substr(0, name.find(':'));
    const bool is_dotted = !name.empty() && std::ranges::all_of(name, [](char c) {
      return c == '.' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
             (c >= 'A' && c <= 'Z');
    });
    if (!is_dotted || name.front() == '.') {
      return;
    }
    std::ranges::replace(name, '.', '/');
    for (const char* ending : {".py", "/__main__.py", "/__init__.py"}) {
      if (const std::optional<Target> file = regular_file(absolute(name + ending))) {
        add(use_.files, file->place);
      }
    }
  }

  /// Folders, jars, and `FOLDER/*` for the jars in it (java(1)).
  void take_class_path(std::string_view list) {
    while (!list.empty()) {
      const std::size_t colon = std::min(list.find(':'), list.size());
      std::string_view part = list.substr(0, colon);
      list.remove_prefix(std::min(colon + 1, list.size()));
      if (part.ends_with("/*")) {
        part.remove_suffix(2);
      }
      const std::string place = absolute(part);
      if (!part.empty() && walker_.follow(place).end == WalkEnd::found) {
        add(use_.files, RootPath::lexical(place).text());
      }
    }
  }

  const Options& options_;
  Walker walker_;
  std::map<std::string, std::string> environment_;
  CommandUse use_;
};

} // namespace

CommandUse
read_command(const Root& root, const std::vector<std::string>& words, const Options& options) {
  return CommandReader(root, options).read(words);
}

} // namespace pare
