#pragma once
// What a file needs that no loader asks for. A finder looks at each file of the closure once and
// says what it would open, load or start while it runs, with the evidence; it looks nothing up: the
// closure answers, and shows the finder what came.

#include "base/cache.hpp"
#include "code/reached.hpp"
#include "loaders/files.hpp"

#include <pare/resolve.hpp>

#include <string>
#include <vector>

namespace pare {

enum class RequestKind : std::uint8_t {
  library, ///< As dlopen(3) looks it up for the object that asks: a soname, or a path.
  program, ///< As execvp(3) looks it up: a name in PATH, or a path.
  file,    ///< An absolute path. A program, library or script found there brings its own closure; a
           ///< folder comes empty.
  folder, ///< An absolute path of a folder: it and all below it, less what never runs (never_runs()
          ///< below).
  glob,   ///< Absolute paths: `*` and `?` within a part, `**` across parts. Folders that match come
          ///< empty.
};

/// One thing that is asked for, not yet looked up.
struct Request {
  RequestKind kind = RequestKind::file;
  ReasonKind reason = ReasonKind::rule;
  std::vector<std::string> names; ///< Alternatives: the first that exists is taken.
  Confidence confidence = Confidence::likely;
  std::string detail; ///< The evidence, for `why`: "getpwnam", "import json.decoder". Empty: the
                      ///< name says it all.
  const Examined* by = nullptr; ///< Who asks; null: the file that was shown.
  /// Of a library: the program whose process loads it, when that is not the process of `by`: the
  /// interpreter of a script.
  const Examined* loaded_in = nullptr;
  /// Of a folder or glob: programs in it are no more than possible. That they lie there says
  /// nothing of their being started, and each brings its own closure.
  bool without_programs = false;
  bool required = false; ///< None of them exists: reported as missing, with this confidence. Else:
                         ///< nothing was meant.

  auto operator<=>(const Request&) const = default;
};

/// A file of the closure that is shown to finders.
struct Subject {
  const Examined* file =
      nullptr; ///< A regular file. Its bytes: context.files.root().open(file->path).
  FileKind kind = FileKind::data; ///< What it is taken as.
  bool is_own =
      false; ///< The user named it, or it lies in what the user included: the program's own code.
};

/// What every finder may look at. Nothing of it changes while a finder works, but for what Files
/// remembers.
struct FinderContext {
  Files& files;
  const Options& options; ///< options.environment: what the programs are started with.
  Cache* cache = nullptr; ///< What may be kept between runs; null: nothing.
};

class Finder {
public:
  virtual ~Finder() = default;

  /// Each file of the closure comes once, in the order in which it was taken (and once more if what
  /// was data turns out to be a program or library). Requests may also concern files that were
  /// shown before (Request::by): a script that was included is understood when its interpreter
  /// comes. Throws nothing for what files say: a file that cannot be understood is a warning in
  /// `warnings`, once, and asks for nothing.
  virtual void examine(const Subject& subject,
                       std::vector<Request>& requests,
                       std::vector<Warning>& warnings) = 0;
};

/// A finder that judges what code can reach.
class ReachedFinder {
public:
  virtual ~ReachedFinder() = default;

  /// Each fact once. Requests are by the file whose code it is.
  virtual void reached(const Reached& reached,
                       std::vector<Request>& requests,
                       std::vector<Warning>& warnings) = 0;
};

} // namespace pare
