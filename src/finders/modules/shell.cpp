// A script is not run, so which branch is taken is not known: every command that it names counts.
// What a variable holds is every constant that is assigned to it anywhere, by the script or by what
// it sources; `$(dirname "$0")` and its kin are computed, since nearly every script finds its
// neighbours by them.

#include "finders/modules/shell.hpp"

#include "base/bytes.hpp"
#include "base/glob.hpp"
#include "finders/modules/folders.hpp"
#include "finders/modules/lookup.hpp"
#include "finders/modules/shell_syntax.hpp"
#include "formats/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>

namespace pare {
namespace {

constexpr std::size_t most_values = 16;      ///< That one word is followed to.
constexpr std::size_t most_work = 1'000'000; ///< Values that are computed for one script.
constexpr std::size_t most_nested = 8;       ///< Variables in variables, scripts in strings.
constexpr std::size_t most_sourced = 64;

enum class Shell : std::uint8_t { posix, bash, ksh, zsh };

/// What the shell does itself: POSIX 2.14, dash(1), bash(1), ksh(1), zshbuiltins(1). Words of the
/// grammar are here too, for scripts that are understood wrongly.
bool is_builtin(Shell shell, std::string_view name) {
  constexpr std::string_view posix =
      " . : [ [[ { } alias bg break case cd chdir command continue do done echo elif else esac eval"
      " exec exit export false fc fg fi for getopts hash if in jobs kill let local printf pwd read"
      " readonly return set shift source test then times trap true type ulimit umask unalias unset"
      " until wait while ";
  constexpr std::string_view bash =
      " bind builtin caller compgen complete compopt coproc declare dirs disown enable function "
      "help"
      " history logout mapfile popd pushd readarray select shopt suspend time typeset ";
  constexpr std::string_view ksh =
      " builtin disown enum float function hist integer nameref newgrp print select sleep suspend"
      " time typeset vmap whence ";
  constexpr std::string_view zsh =
      " autoload bindkey builtin bye compadd compdef compinit declare dirs disable disown echotc"
      " emulate enable float function functions history integer limit log logout nocorrect noglob"
      " popd print private pushd pushln r rehash repeat sched select setopt strftime suspend time"
      " typeset unfunction unhash unlimit unsetopt vared where whence which zcompile zformat zle"
      " zmodload zparseopts zregexparse zstyle ";
  return is_one_of(posix, name) || (shell == Shell::bash && is_one_of(bash, name)) ||
         (shell == Shell::ksh && is_one_of(ksh, name)) ||
         (shell == Shell::zsh && is_one_of(zsh, name));
}

/// A program that starts the one that its arguments name.
struct Wrapper {
  std::string_view name;
  std::string_view valued; ///< Short options that take a value.
  std::string_view
      long_valued; ///< Long options that take one as a word of its own, blanks around each.
  std::size_t operands = 0; ///< Words between the options and the command.
};

// env(1) … xargs(1): coreutils, util-linux and findutils of Debian 12; sudo(8), gosu, su-exec,
// tini, dumb-init, runit, s6.
constexpr auto wrappers = std::to_array<Wrapper>({
    {"builtin", "", ""},
    {"catchsegv", "", ""},
    {"chpst", "uUbecdmosrtfn/012", ""},
    {"chronic", "", ""},
    {"chroot", "", "", 1},
    {"chrt", "TPD", "", 1},
    {"command", "", ""},
    {"dbus-run-session", "", " --config-file --dbus-daemon "},
    {"doas", "uC", ""},
    {"dumb-init", "r", " --rewrite "},
    {"env", "uCS", " --unset --chdir "},
    {"exec", "a", ""},
    {"faketime", "", "", 1},
    {"flock", "wE", " --timeout --wait --conflict-exit-code ", 1},
    {"gosu", "", "", 1},
    {"ionice", "cnpPu", " --class --classdata "},
    {"nice", "n", " --adjustment "},
    {"nohup", "", ""},
    {"numactl", "CmNpi", " --cpunodebind --membind --interleave --physcpubind --preferred "},
    {"parallel", "jINnL", " --jobs --colsep "},
    {"runuser", "ugGcs", " --user --group --command --shell "},
    {"s6-setuidgid", "", "", 1},
    {"setarch", "", "", 1},
    {"setpriv",
     "",
     " --reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits "},
    {"setsid", "", ""},
    {"stdbuf", "ioe", " --input --output --error "},
    {"su-exec", "", "", 1},
    {"sudo", "ugCDhpRrtTU", " --user --group --chdir --host --prompt "},
    {"taskset", "", "", 1},
    {"time", "fo", " --format --output "},
    {"timeout", "ks", " --kill-after --signal ", 1},
    {"tini", "pe", ""},
    {"unbuffer", "", ""},
    {"xargs",
     "aEIdLnPs",
     " --arg-file --delimiter --max-lines --max-args --max-procs --max-chars --process-slot-var "},
});

const Wrapper* wrapper_of(std::string_view name) {
  const auto found = std::ranges::find(wrappers, name, &Wrapper::name);
  return found == wrappers.end() ? nullptr : &*found;
}

bool is_shell_name(std::string_view name) {
  return is_one_of(" ash bash dash hush ksh ksh93 lksh mksh rbash sh zsh ", name);
}

Shell shell_of(std::string_view name) {
  return name == "bash" || name == "rbash" ? Shell::bash
         : name == "zsh"                   ? Shell::zsh
         : name.find("ksh") != name.npos   ? Shell::ksh
                                           : Shell::posix;
}

/// Commands whose operands are made or taken away, not read.
bool makes_its_operands(std::string_view name) {
  return is_one_of(
      " chgrp chmod chown echo install ln mkdir mkfifo mknod mktemp mv printf rm rmdir tee"
      " touch truncate ",
      name);
}

/// Folders whose content comes with the running system, or is written by it.
bool is_volatile(std::string_view path) {
  const std::size_t second = path.find('/', 1);
  const std::string_view top = path.substr(0, second);
  return is_one_of(" /dev /proc /run /sys /tmp ", top) || path.starts_with("/var/log/") ||
         path.starts_with("/var/run/") || path.starts_with("/var/tmp/");
}

/// One thing that a script names.
struct Named {
  std::string name;
  std::string detail;
  bool is_script = false; ///< It is given to a shell to run.
};

/// A script and all that it sources, as one.
class Meaning {
public:
  /// `place`: the script's path, which is `$0`; empty: it has none. `options`: null: no environment
  /// is known.
  Meaning(Shell shell, std::string place, const Options* options)
      : shell_(shell), place_(std::move(place)), options_(options) {}

  /// `place`: the path of this one, the script itself or what it sources.
  void add(const ShellScript& script, std::string place) {
    places_[&script] = std::move(place);
    for (const ShellAssignment& assignment : script.assignments) {
      variables_[assignment.name].push_back({&script, &assignment});
    }
    functions_.insert(script.functions.begin(), script.functions.end());
  }

  /// The files that a script sources, in order, as its text says.
  std::vector<Named> sources(const ShellScript& script) {
    std::vector<Named> found;
    for (const ShellCommand& command : script.commands) {
      if (command.words.size() < 2) {
        continue;
      }
      const std::vector<std::string> names = values(script, command.words[0]);
      if (names.size() == 1 && (names[0] == "." || names[0] == "source")) {
        for (std::string& file : values(script, command.words[1])) {
          found.push_back({std::move(file), fmt::format("line {}: {}", command.line, names[0])});
        }
      }
    }
    return found;
  }

  /// What one of the scripts starts and reads.
  void follow(const ShellScript& script) {
    for (const ShellCommand& command : script.commands) {
      line_ = command.line;
      for (const ShellWord& input : command.inputs) {
        for (std::string& file : values(script, input)) {
          note_file(file, "<");
        }
      }
      run(script, command.words, 0);
    }
  }

  std::vector<Named> programs, files, folders;

  /// Folders that PATH is set to by the script.
  std::vector<std::string> path_folders() {
    std::vector<std::string> folders_of_path;
    if (const auto path = variables_.find("PATH"); path != variables_.end()) {
      for (const auto& [script, assignment] : path->second) {
        for (const std::string& value : values(*script, assignment->value, true)) {
          for (const std::string_view folder : split(value, ':')) {
            if (folder.starts_with('/')) {
              folders_of_path.emplace_back(folder);
            }
          }
        }
      }
    }
    return folders_of_path;
  }

private:
  struct Assigned {
    const ShellScript* script;
    const ShellAssignment* assignment;
  };

  // ---------------------------------------------------------------- values

  /// All that a word may be. `partly`: what is not known counts as nothing, else it makes the word
  /// unknown.
  std::vector<std::string> values(const ShellScript& script,
                                  const ShellWord& word,
                                  bool partly = false,
                                  std::size_t depth = 0) {
    std::vector<std::string> all = {""};
    for (const ShellPart& part : word) {
      std::vector<std::string> next = values_of(script, part, depth);
      if (next.empty()) {
        if (!partly) {
          return {};
        }
        continue;
      }
      std::vector<std::string> longer;
      for (const std::string& before : all) {
        for (const std::string& after : next) {
          if (longer.size() < most_values && before.size() + after.size() <= 4096) {
            longer.push_back(before + after);
          }
        }
      }
      all = std::move(longer);
      work_ += all.size();
    }
    std::vector<std::string> distinct;
    for (std::string& value : all) {
      if (std::ranges::find(distinct, value) == distinct.end()) {
        distinct.push_back(std::move(value));
      }
    }
    return distinct;
  }

  std::vector<std::string>
  values_of(const ShellScript& script, const ShellPart& part, std::size_t depth) {
    if (depth == most_nested || ++work_ > most_work) {
      return {};
    }
    switch (part.kind) {
    case ShellPart::Kind::text:
      return {part.value};
    case ShellPart::Kind::variable: {
      std::vector<std::string> found = variable_values(script, part.value, depth);
      if (!part.fallback.empty()) {
        for (std::string& value : values(script, part.fallback, false, depth + 1)) {
          found.push_back(std::move(value));
        }
      }
      for (std::string& value : found) {
        if (part.cut == ShellPart::Cut::folder) {
          value = value.find('/') == std::string::npos ? value : value.substr(0, value.rfind('/'));
        } else if (part.cut == ShellPart::Cut::base) {
          value = base_of(value);
        }
      }
      return found;
    }
    case ShellPart::Kind::substitution:
      return written_by(script, part, depth + 1);
    case ShellPart::Kind::computed:
      break;
    }
    return {};
  }

  std::vector<std::string>
  variable_values(const ShellScript& script, const std::string& name, std::size_t depth) {
    if (name == "0" || name == "BASH_SOURCE") {
      const auto own = places_.find(&script);
      const std::string& place = name == "0" || own == places_.end() ? place_ : own->second;
      return place.empty() ? std::vector<std::string>() : std::vector{place};
    }
    std::vector<std::string> found;
    if (options_ != nullptr) {
      if (const auto given = options_->environment.find(name);
          given != options_->environment.end()) {
        found.push_back(given->second);
      }
    }
    if (const auto assigned = variables_.find(name); assigned != variables_.end()) {
      for (const auto& [from, assignment] : assigned->second) {
        if (found.size() >= most_values) {
          break;
        }
        for (std::string& value : values(*from, assignment->value, false, depth + 1)) {
          found.push_back(std::move(value));
        }
      }
    }
    return found;
  }

  /// What a substitution writes, for the few commands that scripts find their neighbours by.
  std::vector<std::string>
  written_by(const ShellScript& script, const ShellPart& part, std::size_t depth) {
    if (part.first >= part.last || part.last > script.commands.size()) {
      return {};
    }
    const ShellCommand* command = &script.commands[part.last - 1];
    const auto name_of = [&](const ShellCommand& of) {
      const std::vector<std::string> names =
          of.words.empty() ? std::vector<std::string>() : values(script, of.words[0], false, depth);
      return names.size() == 1 ? std::string(base_of(names[0])) : std::string();
    };
    std::string name = name_of(*command);
    if (name == "pwd" && part.last - part.first >= 2) { // $(cd FOLDER && pwd)
      command = &script.commands[part.last - 2];
      if (name_of(*command) != "cd") {
        return {};
      }
      name = "cd";
    }
    if (command->words.size() < 2) {
      return {};
    }
    std::vector<std::string> values_of_last = values(script, command->words.back(), false, depth);
    if (name == "dirname") {
      for (std::string& value : values_of_last) {
        value =
            value.find('/') == std::string::npos ? std::string(".") : std::string(folder_of(value));
      }
    } else if (name == "basename") {
      for (std::string& value : values_of_last) {
        value = base_of(value);
      }
    } else if (name != "cd" && name != "readlink" && name != "realpath" && name != "echo" &&
               name != "printf" && name != "command" && name != "which") {
      return {};
    }
    return values_of_last;
  }

  // ---------------------------------------------------------------- commands

  void run(const ShellScript& script,
           std::span<const ShellWord> words,
           std::size_t depth,
           bool must_be_program = false) {
    if (words.empty() || depth > most_nested || ++work_ > most_work) {
      return;
    }
    for (const std::string& name : values(script, words[0])) {
      // A variable that is not quoted may hold a whole command line.
      if (words[0].size() == 1 && words[0][0].kind == ShellPart::Kind::variable &&
          !words[0][0].is_quoted && name.find(' ') != std::string::npos) {
        text(name, depth);
      } else {
        call(script, name, words.subspan(1), depth, must_be_program);
      }
    }
  }

  /// A text that a shell runs.
  void text(std::string_view line, std::size_t depth) {
    if (depth + 1 > most_nested || (work_ += line.size()) > most_work) {
      return;
    }
    const ShellScript inner = read_shell(line);
    for (const ShellCommand& command : inner.commands) {
      run(inner, command.words, depth + 1);
    }
  }

  void texts(const ShellScript& script, const ShellWord& word, std::size_t depth) {
    for (const std::string& line : values(script, word)) {
      text(line, depth);
    }
  }

  std::string first_value(const ShellScript& script, const ShellWord& word) {
    std::vector<std::string> all = values(script, word);
    return all.empty() ? std::string() : std::move(all[0]);
  }

  void call(const ShellScript& script,
            const std::string& name,
            std::span<const ShellWord> arguments,
            std::size_t depth,
            bool must_be_program) {
    const std::string_view base = base_of(name);
    if (name.starts_with('-')) { // `time -p make`
      run(script, arguments, depth + 1);
      return;
    }
    const bool is_own_work =
        !must_be_program && (is_builtin(shell_, name) || functions_.contains(name));
    if (!is_own_work) {
      note_program(name);
    }
    if (functions_.contains(name)) {
      return;
    }
    if (name == "eval") {
      if (arguments.size() == 1) {
        texts(script, arguments[0], depth);
      } else {
        run(script, arguments, depth + 1);
      }
    } else if (name == "trap") {
      if (arguments.size() > 1) {
        texts(script, arguments[0], depth);
      }
    } else if (name == "set") { // `set -- program "$@"`, for an `exec "$@"` to come
      if (arguments.size() > 1 && first_value(script, arguments[0]) == "--" &&
          !first_value(script, arguments[1]).starts_with('-')) {
        run(script, arguments.subspan(1), depth + 1, true);
      }
    } else if (is_shell_name(base) || base == "su") {
      with_text_option(script, arguments, depth);
    } else if (base == "find") {
      find(script, arguments, depth);
    } else if (base == "start-stop-daemon") {
      daemon(script, arguments);
    } else if (base == "type" || base == "hash" || base == "which" || base == "whence") {
      looked_up(script, arguments);
    } else if (const Wrapper* wrapper = wrapper_of(base)) {
      wrapped(script, *wrapper, arguments, depth);
    } else {
      operands(script, name, arguments);
    }
  }

  /// `sh -c TEXT`, `bash -lc TEXT`, `su -c TEXT user`; else `sh FILE`.
  void with_text_option(const ShellScript& script,
                        std::span<const ShellWord> arguments,
                        std::size_t depth) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const std::string word = first_value(script, arguments[i]);
      if (word == "--command" ||
          (word.size() > 1 && word[0] == '-' && word[1] != '-' && word.ends_with('c'))) {
        if (i + 1 < arguments.size()) {
          texts(script, arguments[i + 1], depth);
        }
        return;
      }
      if (!word.empty() && word[0] != '-' && options_ != nullptr) {
        note_file(joined_path(options_->working_folder, word), "sh", true);
      }
    }
  }

  void find(const ShellScript& script, std::span<const ShellWord> arguments, std::size_t depth) {
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
      const std::string word = first_value(script, arguments[i]);
      if (word == "-exec" || word == "-execdir" || word == "-ok" || word == "-okdir") {
        std::size_t end = i + 1;
        while (end < arguments.size()) {
          const std::string ending = first_value(script, arguments[end]);
          if (ending == ";" || ending == "+") {
            break;
          }
          ++end;
        }
        run(script, arguments.subspan(i + 1, end - i - 1), depth + 1, true);
        i = end;
      }
    }
  }

  /// start-stop-daemon(8).
  void daemon(const ShellScript& script, std::span<const ShellWord> arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const std::string word = first_value(script, arguments[i]);
      if (word == "--") {
        return;
      }
      if ((word == "--exec" || word == "-x" || word == "--startas" || word == "-a") &&
          i + 1 < arguments.size()) {
        for (const std::string& program : values(script, arguments[i + 1])) {
          note_program(program);
        }
      }
    }
  }

  /// `command -v X`, `type X`: who asks whether it is there uses it.
  void looked_up(const ShellScript& script, std::span<const ShellWord> arguments) {
    for (const ShellWord& argument : arguments) {
      for (const std::string& name : values(script, argument)) {
        if (!name.starts_with('-') && !is_builtin(shell_, name) && !functions_.contains(name)) {
          note_program(name);
        }
      }
    }
  }

  void wrapped(const ShellScript& script,
               const Wrapper& wrapper,
               std::span<const ShellWord> arguments,
               std::size_t depth) {
    std::size_t i = 0;
    const bool is_builtin_word = wrapper.name == "command" || wrapper.name == "builtin";
    for (; i < arguments.size(); ++i) {
      const std::string word = first_value(script, arguments[i]);
      if (wrapper.name == "command" && (word == "-v" || word == "-V")) {
        looked_up(script, arguments.subspan(i + 1));
        return;
      }
      if (word == "--") {
        ++i;
        break;
      }
      if ((wrapper.name == "flock" || wrapper.name == "runuser") &&
          (word == "-c" || word == "--command")) {
        if (i + 1 < arguments.size()) {
          texts(script, arguments[i + 1], depth);
        }
        return;
      }
      if (wrapper.name == "env" && (word == "-S" || word == "--split-string") &&
          i + 1 < arguments.size()) {
        texts(script, arguments[i + 1], depth);
        return;
      }
      if (word.starts_with("--")) {
        const bool takes =
            word.find('=') == std::string::npos && is_one_of(wrapper.long_valued, word);
        i += takes ? 1 : 0;
      } else if (word.size() > 1 && word[0] == '-') {
        // The last letter of a cluster may take the next word.
        const std::size_t takes = word.find_first_of(wrapper.valued, 1);
        i += takes != std::string::npos && takes + 1 == word.size() ? 1 : 0;
      } else if (wrapper.name == "env" && is_assignment(arguments[i])) {
        continue;
      } else {
        break;
      }
    }
    i += wrapper.operands;
    if (wrapper.name == "flock" && i < arguments.size() &&
        first_value(script, arguments[i]) == "-c") {
      if (i + 1 < arguments.size()) {
        texts(script, arguments[i + 1], depth);
      }
    } else if (i < arguments.size()) {
      run(script, arguments.subspan(i), depth + 1, !is_builtin_word);
    }
  }

  static bool is_assignment(const ShellWord& word) {
    return !word.empty() && word[0].kind == ShellPart::Kind::text &&
           word[0].value.find('=') != std::string::npos;
  }

  /// Files that a command is given by a constant name.
  void operands(const ShellScript& script,
                const std::string& name,
                std::span<const ShellWord> arguments) {
    if (name == "cd" || name == "pushd") {
      for (const ShellWord& argument : arguments) {
        for (const std::string& folder : values(script, argument)) {
          if (folder.starts_with('/')) {
            folders.push_back({folder, fmt::format("line {}: cd", line_)});
          }
        }
      }
      return;
    }
    if (makes_its_operands(name) ||
        is_one_of(" basename dirname readlink realpath ", base_of(name))) {
      return;
    }
    for (const ShellWord& argument : arguments) {
      for (const std::string& value : values(script, argument)) {
        for (const std::string_view path : split(value, ':')) { // `java -cp /a.jar:/b.jar`
          note_file(std::string(path), name);
        }
        if (const std::size_t equals = value.find('=');
            value.starts_with('-') && equals != std::string::npos) {
          note_file(value.substr(equals + 1), name);
        }
      }
    }
  }

  void note_program(const std::string& name) {
    const bool is_path = name.find('/') != std::string::npos;
    const bool is_name = std::ranges::all_of(name, [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view("_.+-@%~[").find(c) != std::string_view::npos ||
             (is_path && static_cast<unsigned char>(c) > ' ');
    });
    if (is_name && !name.empty() && name.size() < 4096) {
      programs.push_back({name, fmt::format("line {}: command {}", line_, name)});
    }
  }

  void note_file(const std::string& path, std::string_view why, bool is_script = false) {
    if (path.size() > 1 && path[0] == '/' && path.size() < 4096 &&
        path.find('\0') == std::string::npos && !is_volatile(path)) {
      files.push_back({path, fmt::format("line {}: {} {}", line_, why, path), is_script});
    }
  }

  Shell shell_;
  std::string place_;
  const Options* options_;
  std::map<const ShellScript*, std::string> places_;
  std::map<std::string, std::vector<Assigned>, std::less<>> variables_;
  std::set<std::string, std::less<>> functions_;
  std::size_t line_ = 1;
  std::size_t work_ = 0;
};

/// A script, what it sources, and whom each belongs to.
class Examination {
public:
  /// `given_to_shells` gets the files that are run as `sh FILE`.
  Examination(FinderContext& context,
              std::set<const Examined*>& given_to_shells,
              std::vector<Request>& requests,
              std::vector<Warning>& warnings)
      : lookup_(context.files), options_(context.options), given_to_shells_(given_to_shells),
        requests_(requests), warnings_(warnings) {}

  void examine(const Examined& file, Shell shell) {
    Meaning meaning(shell, file.path.text(), &options_);
    read(file, meaning);
    for (std::size_t i = 0; i < read_.size(); ++i) {
      meaning.programs.clear();
      meaning.files.clear();
      meaning.folders.clear();
      meaning.follow(*read_[i].script);
      ask(*read_[i].file, meaning);
    }
  }

private:
  struct Source {
    const Examined* file;
    std::unique_ptr<ShellScript> script;
  };

  void read(const Examined& file, Meaning& meaning) {
    if (read_.size() == most_sourced ||
        std::ranges::find(read_, &file, &Source::file) != read_.end()) {
      return;
    }
    const std::optional<std::string> text = lookup_.text(file, warnings_);
    if (!text) {
      return;
    }
    // What follows a line with a NUL is data that the script carries (a self-extracting archive).
    const std::string_view lines = std::string_view(*text).substr(0, text->find('\0'));
    const std::string_view whole =
        lines.size() == text->size() ? lines : lines.substr(0, lines.rfind('\n') + 1);
    read_.push_back({&file, std::make_unique<ShellScript>(read_shell(whole))});
    const ShellScript& script = *read_.back().script;
    if (!script.damage.empty()) {
      warnings_.push_back(
          {file.path.text(), fmt::format("is not understood as a whole: {}", script.damage)});
    }
    meaning.add(script, file.path.text());
    for (const Named& named : meaning.sources(script)) {
      for (const std::string& place : places_of(named.name, file, meaning.path_folders())) {
        if (const Examined* sourced = lookup_.file(place)) {
          requests_.push_back({.kind = RequestKind::file,
                               .reason = ReasonKind::module,
                               .names = {place},
                               .detail = fmt::format("{} {}", named.detail, named.name),
                               .by = &file});
          read(*sourced, meaning);
        }
      }
    }
  }

  /// Where `. NAME` looks: POSIX takes a name without a slash from PATH, bash from the working
  /// folder too.
  std::vector<std::string>
  places_of(const std::string& name, const Examined& by, const std::vector<std::string>& path) {
    if (name.empty() || name.find('\0') != std::string::npos) {
      return {};
    }
    if (name[0] == '/' &&
        name.find_first_of("*?") != std::string::npos) { // for f in /etc/x.d/*.sh; do . "$f"
      std::vector<std::string> matching;
      const std::string folder(folder_of(name));
      for (const std::string& entry : lookup_.list(folder)) {
        if (matching.size() < most_sourced && matches_glob(base_of(name), entry)) {
          matching.push_back(joined_path(folder, entry));
        }
      }
      return matching;
    }
    if (name[0] == '/') {
      return {name};
    }
    const std::string variable_of_path = path_variable(options_.environment);
    std::vector<std::string_view> folders;
    if (name.find('/') == std::string::npos) {
      folders.assign(path.begin(), path.end());
      const std::vector<std::string_view> usual = split(variable_of_path, ':');
      folders.insert(folders.end(), usual.begin(), usual.end());
    }
    folders.push_back(options_.working_folder);
    folders.push_back(folder_of(by.path.text()));
    for (const std::string_view folder : folders) {
      std::string place = joined_path(folder, name);
      if (lookup_.is_file(place)) {
        return {std::move(place)};
      }
    }
    return {};
  }

  void ask(const Examined& file, Meaning& meaning) {
    const std::vector<std::string> path = meaning.path_folders();
    std::set<std::string> asked;
    for (const Named& program : meaning.programs) {
      if (asked.insert(program.name).second) {
        ask_for_program(file, program, path);
      }
    }
    asked.clear();
    for (const Named& named : meaning.files) {
      const Examined* found = lookup_.file(named.name);
      if (found != nullptr && named.is_script) {
        given_to_shells_.insert(found);
      }
      if (found != nullptr && asked.insert(named.name).second) {
        requests_.push_back({.kind = RequestKind::file,
                             .reason = ReasonKind::path_string,
                             .names = {named.name},
                             .detail = named.detail,
                             .by = &file});
      }
    }
    for (const Named& named : meaning.folders) {
      if (lookup_.folder(named.name) && asked.insert(named.name).second) {
        requests_.push_back({.kind = RequestKind::file,
                             .reason = ReasonKind::path_string,
                             .names = {named.name},
                             .detail = named.detail,
                             .by = &file});
      }
    }
  }

  void ask_for_program(const Examined& file,
                       const Named& program,
                       const std::vector<std::string>& path) {
    Request request = {.kind = RequestKind::program,
                       .reason = ReasonKind::module,
                       .detail = program.detail,
                       .by = &file};
    if (program.name.find('/') == std::string::npos) {
      for (const std::string& folder : path) {
        if (std::string place = joined_path(folder, program.name); lookup_.is_file(place)) {
          request.names.push_back(std::move(place));
        }
      }
      request.names.push_back(program.name);
    } else {
      std::string place = joined_path(options_.working_folder, program.name);
      if (!lookup_.is_file(place)) {
        return;
      }
      request.names.push_back(std::move(place));
    }
    requests_.push_back(std::move(request));
  }

  Lookup lookup_;
  const Options& options_;
  std::set<const Examined*>& given_to_shells_;
  std::vector<Request>& requests_;
  std::vector<Warning>& warnings_;
  std::vector<Source> read_;
};

/// Whether a file without `#!` may be a script: execvp(3) gives it to sh, which refuses one with a
/// NUL in its first line.
bool is_text(const Examined& file, Files& files) {
  try {
    const std::optional<Root::Opened> opened = files.root().open(file.path);
    return opened && opened->bytes->size() > 0 &&
           read_bytes(*opened->bytes, 0, script_line_limit).view().find('\0') ==
               std::string_view::npos;
  } catch (const InputError&) {
    return false;
  }
}

} // namespace

std::vector<std::string> commands_of(std::string_view line) {
  const ShellScript script = read_shell(line);
  Meaning meaning(Shell::posix, "", nullptr);
  meaning.add(script, "");
  meaning.follow(script);
  std::vector<std::string> names;
  for (Named& program : meaning.programs) {
    if (std::ranges::find(names, program.name) == names.end()) {
      names.push_back(std::move(program.name));
    }
  }
  return names;
}

void ShellModules::examine(const Subject& subject,
                           std::vector<Request>& requests,
                           std::vector<Warning>& warnings) {
  const Examined& file = *subject.file;
  std::optional<Shell> shell;
  if (const Script* script = std::get_if<Script>(&file.facts)) {
    const std::string name = interpreter_name(*script);
    shell = is_shell_name(name) ? std::optional(shell_of(name)) : std::nullopt;
  } else if (std::holds_alternative<Plain>(file.facts) && file.damage.empty() &&
             (given_to_shells_.contains(&file) || subject.kind == FileKind::program ||
              (subject.is_own && file.path.name().ends_with(".sh"))) &&
             is_text(file, context_.files)) {
    shell = Shell::bash; // not known: what any of them does itself is nothing to ask for
  }
  if (shell) {
    Examination(context_, given_to_shells_, requests, warnings).examine(file, *shell);
  }
}

} // namespace pare
