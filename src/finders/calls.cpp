#include "finders/calls.hpp"

#include "finders/modules/shell.hpp"
#include "finders/never_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pare {
namespace {

enum class CallKind : std::uint8_t { library, file, listing, stream, program, command };

struct Call {
  CallKind kind = CallKind::file;
  std::size_t argument = 0; ///< The one that names what is opened.
};

/// What the functions of POSIX, the C libraries and a few libraries that stand in front of them
/// open by name.
const std::map<std::string_view, Call>& calls() {
  using enum CallKind;
  static const std::map<std::string_view, Call> table = {
      {"dlopen", {library, 0}},
      {"dlmopen", {library, 1}},
      {"lt_dlopen", {library, 0}},
      {"lt_dlopenext", {library, 0}},
      {"g_module_open", {library, 0}},
      {"g_module_open_full", {library, 0}},
      {"SDL_LoadObject", {library, 0}},
      {"open", {file, 0}},
      {"open64", {file, 0}},
      {"__open_2", {file, 0}},
      {"__open64_2", {file, 0}},
      {"openat", {file, 1}},
      {"openat64", {file, 1}},
      {"__openat_2", {file, 1}},
      {"__openat64_2", {file, 1}},
      {"fopen", {stream, 0}},
      {"fopen64", {stream, 0}},
      {"freopen", {stream, 0}},
      {"freopen64", {stream, 0}},
      {"gzopen", {stream, 0}},
      {"gzopen64", {stream, 0}},
      {"BIO_new_file", {stream, 0}},
      {"g_fopen", {stream, 0}},
      {"g_file_get_contents", {file, 0}},
      {"g_mapped_file_new", {file, 0}},
      {"access", {file, 0}},
      {"faccessat", {file, 1}},
      {"stat", {file, 0}},
      {"stat64", {file, 0}},
      {"lstat", {file, 0}},
      {"lstat64", {file, 0}},
      {"__xstat", {file, 1}},
      {"__xstat64", {file, 1}},
      {"readlink", {file, 0}},
      {"realpath", {file, 0}},
      {"setmntent", {stream, 0}},
      {"opendir", {listing, 0}},
      {"scandir", {listing, 0}},
      {"scandir64", {listing, 0}},
      {"g_dir_open", {listing, 0}},
      {"execv", {program, 0}},
      {"execve", {program, 0}},
      {"execvp", {program, 0}},
      {"execvpe", {program, 0}},
      {"execl", {program, 0}},
      {"execle", {program, 0}},
      {"execlp", {program, 0}},
      {"posix_spawn", {program, 1}},
      {"posix_spawnp", {program, 1}},
      {"g_find_program_in_path", {program, 0}},
      {"system", {command, 0}},
      {"popen", {command, 0}},
      {"g_spawn_command_line_sync", {command, 0}},
      {"g_spawn_command_line_async", {command, 0}},
  };
  return table;
}

} // namespace

std::map<std::string, unsigned, std::less<>> CallsFinder::names() {
  std::map<std::string, unsigned, std::less<>> names;
  for (const auto& [name, call] : calls()) {
    // Of a stream the mode comes behind the path.
    names.emplace(name, call.argument + (call.kind == CallKind::stream ? 2 : 1));
  }
  return names;
}

void CallsFinder::reached(const Reached& reached,
                          std::vector<Request>& requests,
                          std::vector<Warning>&) {
  const auto known = calls().find(reached.text);
  if (reached.kind != ReachedKind::call || known == calls().end()) {
    return;
  }
  const Call& call = known->second;
  const auto argument = [&](std::size_t place) -> const std::string* {
    return place < reached.arguments.size() && reached.arguments[place] ? &*reached.arguments[place]
                                                                        : nullptr;
  };
  const std::string* name = argument(call.argument);
  if (name == nullptr || name->empty()) {
    return;
  }
  Request request = {.reason = ReasonKind::path_call,
                     .names = {*name},
                     .confidence = reached.confidence,
                     .detail = fmt::format("{}(\"{}\")", reached.text, *name),
                     .by = reached.file};
  switch (call.kind) {
  case CallKind::library:
    request.kind = RequestKind::library;
    request.reason = ReasonKind::dlopen_call;
    // lt_dlopen(3) and g_module_open(3) add the ending themselves.
    if (name->find(".so") == std::string::npos && reached.text != "dlopen" &&
        reached.text != "dlmopen") {
      request.names = {*name + ".so", *name};
    }
    break;
  case CallKind::stream:
    if (const std::string* mode = argument(call.argument + 1);
        mode != nullptr && (mode->starts_with('w') || mode->starts_with('a'))) {
      return; // what is there before does not matter
    }
    [[fallthrough]];
  case CallKind::file:
  case CallKind::listing:
    if (!name->starts_with('/')) {
      return;
    }
    break;
  case CallKind::program:
    request.kind = RequestKind::program;
    if (is_for_people(*name)) {
      request.confidence = Confidence::possible;
    }
    break;
  case CallKind::command:
    request.kind = RequestKind::program;
    for (const std::string& command : commands_of(*name)) {
      request.names = {command};
      requests.push_back(request);
    }
    return;
  }
  requests.push_back(std::move(request));
}

} // namespace pare
