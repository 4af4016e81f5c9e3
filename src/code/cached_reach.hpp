#pragma once
// Reach, with its answers kept between runs. What code reaches hangs on the bytes of the objects
// alone, and on what was asked before: so an answer is kept under the identities of all objects
// that were given so far, in their order. Only when one is not there is any code read.

#include "base/cache.hpp"
#include "code/reach.hpp"

#include <map>

namespace pare {

class CachedReach {
public:
  /// `question`: all that ReachOptions ask for, as a text: other questions have other answers.
  CachedReach(const Root& root, ReachOptions options, Cache& cache, std::string question);

  // As Reach has them.
  Reach::Process add_process(const std::vector<const Examined*>& objects);
  void extend(Reach::Process process, const std::vector<const Examined*>& objects);
  void enter_all(const Examined& file);
  std::vector<Warning> take_warnings();

  struct Answer {
    Reached reached;
    std::string chain; ///< "main > g_convert in libglib-2.0.so.0"; empty: no function has a name.
  };
  std::vector<Answer> run();

private:
  enum class Step : char { process = 'p', extend = 'e', enter_all = 'a', run = 'r' };
  struct Told {
    Step step = Step::run;
    Reach::Process process = 0;
    std::vector<const Examined*> objects;
  };

  void tell(Told told);
  static std::vector<Reached> repeat(Reach& reach, const Told& told);
  std::uint32_t number_of(const Examined& file);
  std::string pack(const std::vector<Answer>& answers);
  std::optional<std::vector<Answer>> unpack(std::string_view packed) const;

  const Root& root_;
  ReachOptions options_;
  Cache& cache_;
  std::string
      key_; ///< A digest of all that was told; empty: an object has no identity, nothing is kept.
  std::vector<Told> told_;
  Reach::Process next_process_ = 0;
  std::vector<const Examined*> objects_; ///< By their numbers in packed answers.
  std::map<const Examined*, std::uint32_t> numbers_;
  std::unique_ptr<Reach> reach_; ///< Made when an answer is not kept.
};

} // namespace pare
