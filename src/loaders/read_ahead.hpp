#pragma once
// Reading libraries on a second processor, before the replay of the loader asks for them.
//
// What the replay will ask for is nearly always what the names in the dynamic tables lead to by
// way of ld.so.cache, so these are read ahead, in the order in which they turn up. It is a guess
// that decides nothing: the replay asks for paths as ever, and takes what was read of exactly that
// path, or reads it itself. A wrong guess is a file read in vain.
//
// Opening and reading is half of the time of a closure of 200 libraries. A thread costs as much as
// reading ten, so none is started for fewer.

#include "formats/sniff.hpp"
#include "root/follow.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace pare {

/// One regular file and what it says.
struct Examined : Reading {
  RootPath path; ///< Its real path.
  Stat stat;

  const Elf* elf() const { return std::get_if<Elf>(&facts); }
  const Pe* pe() const { return std::get_if<Pe>(&facts); }
};

/// What is found at a path.
struct Lead {
  RootPath entry; ///< The path with its folders resolved, if they are there.
  Walk walk;
  std::unique_ptr<Examined> file; ///< Null: not there, or no regular file.
};

/// Opens and reads "folder/name", `name` being one part.
Lead follow_lead(Walker& walker, std::string_view folder, std::string_view name);

/// Belongs to one thread, and starts another by itself. At most 16,384 names are remembered.
class ReadAhead {
public:
  /// The path that a name will lead to; empty: no idea. Called by both threads at a time.
  using Guess = std::function<std::string(std::string_view name)>;

  /// `walker`: of the thread that this belongs to.
  explicit ReadAhead(Walker& walker) : walker_(walker) {}
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// Without one, only whole paths are read ahead. The first one stays. `prepare` is called before
  /// the other thread uses it, by the thread that this belongs to; it may throw InputError.
  void guess_by(Guess guess, std::function<void()> prepare);

  /// What the object depends on will be asked for.
  void expect(const Elf& elf);

  /// An absolute path will be asked for.
  void expect(std::string_view path);

  /// What was read of "folder/name". nullopt: nobody has, and nobody will.
  std::optional<Lead> take(std::string_view folder, std::string_view name);

private:
  enum class State : std::uint8_t { waiting, reading, done, gone };
  struct Entry {
    std::atomic<State> state = State::waiting;
    std::string folder; ///< Empty: to be guessed.
    Lead lead;
  };
  using Entries = std::unordered_map<std::string, Entry>; ///< By the last part of the path.

  void add(std::string_view name, std::string_view folder);
  void start_if_worthwhile();
  void run();
  Entries::value_type* next();
  void read(Entries::value_type& item, Walker& walker);

  Walker& walker_;
  Guess guess_;
  std::function<void()> prepare_;
  std::unique_ptr<const Root> root_; ///< The other thread's.
  std::mutex mutex_;                 ///< Guards what follows, but for the Entry that is being read.
  Entries entries_;
  std::deque<Entries::value_type*> queue_; ///< Those that waited when they came.
  std::thread thread_;
  bool is_running_ = false;
  unsigned starts_ = 0;
  std::atomic<bool> is_over_ = false;
};

} // namespace pare
