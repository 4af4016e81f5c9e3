#include "loaders/read_ahead.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t most_names = 16384;
constexpr std::size_t worth_a_thread = 10;
constexpr unsigned most_starts = 16; ///< What a thread leaves of its chunk of memory is lost.
/// The other thread looks for more to do this long before it ends: a file is read in a tenth of it.
constexpr std::chrono::microseconds patience{100};

} // namespace

Lead follow_lead(Walker& walker, std::string_view folder, std::string_view name) {
  Lead lead;
  const Walk& in = walker.folder(folder);
  lead.entry = in.path / name;
  if (const std::optional<Root::Opened> opened = walker.open_in(in, name, lead.walk)) {
    lead.file = std::make_unique<Examined>();
    lead.file->path = lead.walk.path;
    lead.file->stat = opened->stat;
    static_cast<Reading&>(*lead.file) = read_facts(*opened->bytes);
  }
  return lead;
}

ReadAhead::~ReadAhead() {
  is_over_ = true;
  if (thread_.joinable()) {
    thread_.join();
  }
}

void ReadAhead::guess_by(Guess guess, std::function<void()> prepare) {
  const std::lock_guard lock(mutex_);
  if (guess_) {
    return;
  }
  if (is_running_) {
    prepare(); // may throw: then there is no guess
  }
  guess_ = std::move(guess);
  prepare_ = std::move(prepare);
  start_if_worthwhile();
}

void ReadAhead::add(std::string_view name, std::string_view folder) {
  if (entries_.size() < most_names) {
    const auto [item, is_new] = entries_.try_emplace(std::string(name));
    if (is_new) {
      item->second.folder = folder;
      queue_.push_back(&*item);
    }
  }
}

void ReadAhead::expect(const Elf& elf) {
  const std::lock_guard lock(mutex_);
  for (const Dependency& dependency : elf.dependencies) {
    if (dependency.name.find_first_of("/$") == std::string::npos) {
      add(dependency.name, {});
    }
  }
  if (guess_) {
    start_if_worthwhile();
  }
}

void ReadAhead::expect(std::string_view path) {
  const std::lock_guard lock(mutex_);
  const SplitPath parts = split_path(path);
  add(parts.name, parts.folder);
  start_if_worthwhile();
}

void ReadAhead::start_if_worthwhile() {
  if (is_running_ || queue_.size() < worth_a_thread || starts_ == most_starts || is_over_) {
    return;
  }
  if (root_ == nullptr && (std::thread::hardware_concurrency() < 2 ||
                           (root_ = walker_.root().for_another_thread()) == nullptr)) {
    is_over_ = true;
    return;
  }
  if (thread_.joinable()) {
    thread_.join(); // it has ended
  }
  try {
    if (prepare_) {
      prepare_();
    }
    thread_ = std::thread([this] { run(); });
    is_running_ = true;
    ++starts_;
  } catch (const std::exception&) {
    is_over_ = true; // no thread may be started here, or the cache is damaged: one does it all
  }
}

ReadAhead::Entries::value_type* ReadAhead::next() {
  while (!queue_.empty()) {
    Entries::value_type* item = queue_.front();
    queue_.pop_front();
    if (item->second.state == State::waiting) {
      item->second.state = guess_ || !item->second.folder.empty() ? State::reading : State::gone;
      if (item->second.state == State::reading) {
        return item;
      }
    }
  }
  return nullptr;
}

/// What it throws (no memory is left), the thread that needs the file will meet itself.
void ReadAhead::read(Entries::value_type& item, Walker& walker) {
  auto& [name, entry] = item;
  State state = State::gone;
  try {
    if (entry.folder.empty()) {
      entry.folder = split_path(guess_(name)).folder;
    }
    if (!entry.folder.empty()) {
      entry.lead = follow_lead(walker, entry.folder, name);
      if (entry.lead.file != nullptr && entry.lead.file->elf() != nullptr) {
        expect(*entry.lead.file->elf());
      }
      state = State::done;
    }
  } catch (...) {
  }
  entry.state = state;
}

void ReadAhead::run() {
  Walker walker(*root_);
  auto idle_since = std::chrono::steady_clock::now();
  while (true) {
    std::unique_lock lock(mutex_);
    if (Entries::value_type* item = next()) {
      lock.unlock();
      read(*item, walker);
      idle_since = std::chrono::steady_clock::now();
    } else if (is_over_ || std::chrono::steady_clock::now() - idle_since > patience) {
      is_running_ = false;
      return;
    } else {
      lock.unlock();
      std::this_thread::yield();
    }
  }
}

std::optional<Lead> ReadAhead::take(std::string_view folder, std::string_view name) {
  std::unique_lock lock(mutex_);
  const auto found = entries_.find(std::string(name));
  if (found == entries_.end()) {
    return std::nullopt;
  }
  Entry& entry = found->second;
  while (entry.state == State::reading) {
    // Instead of waiting it reads what comes next.
    Entries::value_type* other = next();
    lock.unlock();
    if (other != nullptr) {
      read(*other, walker_);
    } else {
      std::this_thread::yield();
    }
    lock.lock();
  }
  const bool is_it = entry.state == State::done && entry.folder == folder;
  if (is_it || entry.state == State::waiting) {
    entry.state = State::gone;
  }
  return is_it ? std::optional(std::move(entry.lead)) : std::nullopt;
}

} // namespace pare
