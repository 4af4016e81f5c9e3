#pragma once
// What a loader says when an object asks for a name.

#include "loaders/files.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

enum class Outcome : std::uint8_t {
  found,
  damaged, ///< A file of that name is where the loader looks first, and the loader would give up
           ///< over it.
  missing,
};

/// One question and its answer: an edge of the graph. Strings are views of facts and stay valid as
/// long as the Files.
struct Answer {
  const Examined* by = nullptr; ///< Who asked; null: the user (--preload), or /etc/ld.so.preload.
  std::string_view name;        ///< As asked for: "libc.so.6".
  Outcome outcome = Outcome::missing;
  const Examined* file = nullptr; ///< What was found, or is damaged.
  const Found* way = nullptr; ///< How the file system led there; null when an object that is loaded
                              ///< already answers.
  std::string damage;         ///< Of a damaged one: why the loader gives up.
  bool optional =
      false; ///< Missing is no fault: DT_AUXILIARY, preloads, DT_AUDIT: the loader goes on.
  std::vector<std::string> tried; ///< Of a missing one: the folders that were looked in, in order.
};

/// A version that a file requires and the library found does not define.
struct MissingVersion {
  const Examined* by = nullptr;
  const Examined* library = nullptr;
  std::string_view soname; ///< By which the file knows the library.
  std::string_view version;
};

/// What the loader read to find what it found (the contract: exactly if the answer hangs on it).
struct LoaderFile {
  const Found* way = nullptr;
};

/// A library that an object of the process loads while it runs: dlopen(3).
struct Opening {
  const Examined* by = nullptr; ///< Its search path counts; null: the program.
  std::string name;             ///< A soname, or a path.

  auto operator<=>(const Opening&) const = default;
};

/// What became of an Opening.
struct Opened {
  const Examined* file = nullptr;  ///< Null: not found, or damaged.
  std::size_t first = 0, last = 0; ///< Its answers: [first, last) of Loading::answers.
};

/// All that one start of a program makes its loader do.
struct Loading {
  std::deque<Answer> answers; ///< Thousands, which a vector would move as it grows.
  std::vector<MissingVersion> versions;
  std::vector<LoaderFile> loader_files;
  std::vector<std::string> warnings;    ///< About the loading as a whole.
  std::vector<const Examined*> objects; ///< What is loaded, in the order of symbol look-up.
  std::vector<Opened> opened;           ///< For each of StartOptions::openings, in their order.
};

/// What the user says about the start.
struct StartOptions {
  std::string library_path; ///< LD_LIBRARY_PATH.
  std::string preload;      ///< LD_PRELOAD.
  std::string audit;        ///< LD_AUDIT (glibc).
  std::string working_folder = "/";
  std::vector<Opening> openings; ///< What the process loads later, in this order.
};

} // namespace pare
