#pragma once
// From the entries of processes along calls, imports, addresses that are taken and tables that are
// reached: what their code can get to (the reasons for it: see reached.hpp). A function is looked
// at only once it is reached.

#include "code/reached.hpp"

#include <pare/report.hpp>
#include <pare/root.hpp>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

struct ReachOptions {
  /// Which imported names and which constants the caller wants to hear of; empty: all. Objects that
  /// can lead to none of them, nor to `calls`, are not decoded, and nothing of them is reported.
  std::function<bool(std::string_view)> interesting_symbol;
  std::function<bool(std::string_view)> interesting_constant;
  /// Sonames of objects whose inside is not looked at: that their symbols are used is all there is
  /// to know.
  std::set<std::string> opaque;
  /// Imported functions whose constant arguments are wanted, and how many of their first ones (up
  /// to 6): {"dlopen", 1}.
  std::map<std::string, unsigned, std::less<>> calls;
  unsigned threads = 2; ///< To read the code of objects.
};

class Reach {
public:
  /// `root` and all files that are given must outlive it.
  Reach(const Root& root, ReachOptions options);
  ~Reach();
  Reach(const Reach&) = delete;
  Reach& operator=(const Reach&) = delete;

  using Process = std::uint32_t;

  /// A program and the objects that are loaded with it, in load order, the program first. Its entry
  /// and all their constructors run; what only destructors lead to is possible. Names are bound in
  /// this order: the first that defines a name, with the version that is wanted, has it. A file may
  /// be in several processes; its functions are reached in all of them or in none.
  Process add_process(const std::vector<const Examined*>& objects);

  /// Objects that the process loads later.
  void extend(Process process, const std::vector<const Examined*>& objects);

  /// All that a file of some process exports is used: it was opened with dlopen(3), and the names
  /// given to dlsym(3) are not followed.
  void enter_all(const Examined& file);

  /// The exported symbol of a file of some process is used, by what is not machine code (an
  /// interpreter, a rule).
  void enter(const Examined& file, std::string_view symbol);

  /// What is reached and was not reported yet, or was with less confidence. Per file once for each
  /// symbol and each constant; a call for each choice of its arguments, 16 at most. In an order
  /// that depends on the input alone. The work is bounded by 16 times the size of a file and 16
  /// MiB: ten times what real files take; then a warning says that it was not followed to the end.
  std::vector<Reached> run();

  /// How a function is reached, from the entry: "main", "g_convert in libglib-2.0.so.0". Functions
  /// without a name are left out, but for the last. "loading of libx.so.1": its constructors.
  std::vector<std::string> chain(std::uint32_t function) const;

  /// Files that could not be read; each call gives the new ones.
  std::vector<Warning> take_warnings();

  struct Numbers {
    std::size_t objects = 0;             ///< Given.
    std::size_t decoded = 0;             ///< Objects whose code was read.
    std::size_t functions = 0;           ///< Of these.
    std::size_t reached = 0;             ///< Functions reached, possible ones too.
    std::uint64_t instruction_bytes = 0; ///< Of the functions.
  };
  Numbers numbers() const;

private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

} // namespace pare
