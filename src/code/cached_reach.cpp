#include "code/cached_reach.hpp"

#include "base/digest.hpp"
#include "base/pack.hpp"

#include <fmt/format.h>

namespace pare {
namespace {

constexpr char no_argument = 0, an_argument = 1;

} // namespace

CachedReach::CachedReach(const Root& root, ReachOptions options, Cache& cache, std::string question)
    : root_(root), options_(std::move(options)), cache_(cache),
      key_(cache.is_on() ? sha256(question) : "") {}

void CachedReach::tell(Told told) {
  if (!key_.empty()) {
    std::string text = key_ + static_cast<char>(told.step) + std::to_string(told.process);
    for (const Examined* file : told.objects) {
      const std::string identity = root_.identity(file->path, file->stat);
      if (identity.empty()) {
        text.clear();
        break;
      }
      text += '\n' + file->path.text() + '\n' + identity;
    }
    key_ = text.empty() ? "" : sha256(text);
  }
  for (const Examined* file : told.objects) {
    number_of(*file);
  }
  if (reach_ != nullptr) {
    repeat(*reach_, told);
  }
  told_.push_back(std::move(told));
}

std::vector<Reached> CachedReach::repeat(Reach& reach, const Told& told) {
  switch (told.step) {
  case Step::process:
    reach.add_process(told.objects);
    break;
  case Step::extend:
    reach.extend(told.process, told.objects);
    break;
  case Step::enter_all:
    reach.enter_all(*told.objects.front());
    break;
  case Step::run:
    return reach.run();
  }
  return {};
}

Reach::Process CachedReach::add_process(const std::vector<const Examined*>& objects) {
  tell({.step = Step::process, .objects = objects});
  return next_process_++;
}

void CachedReach::extend(Reach::Process process, const std::vector<const Examined*>& objects) {
  tell({.step = Step::extend, .process = process, .objects = objects});
}

void CachedReach::enter_all(const Examined& file) {
  tell({.step = Step::enter_all, .objects = {&file}});
}

std::vector<Warning> CachedReach::take_warnings() {
  return reach_ == nullptr ? std::vector<Warning>() : reach_->take_warnings();
}

std::vector<CachedReach::Answer> CachedReach::run() {
  const bool was_told_nothing = told_.empty() || told_.back().step == Step::run;
  if (was_told_nothing) {
    return {};
  }
  if (!key_.empty()) {
    key_ = sha256(key_ + static_cast<char>(Step::run));
    if (reach_ == nullptr) {
      if (const std::optional<std::string> packed = cache_.get(key_)) {
        if (std::optional<std::vector<Answer>> answers = unpack(*packed)) {
          told_.push_back({});
          return *std::move(answers);
        }
      }
    }
  }
  if (reach_ == nullptr) {
    reach_ = std::make_unique<Reach>(root_, options_);
    for (const Told& told : told_) {
      repeat(*reach_, told);
    }
  }
  told_.push_back({});
  std::vector<Answer> answers;
  for (Reached& reached : reach_->run()) {
    std::string chain = fmt::format("{}", fmt::join(reach_->chain(reached.function), " > "));
    answers.push_back({std::move(reached), std::move(chain)});
  }
  if (!key_.empty()) {
    cache_.put(key_, pack(answers));
  }
  return answers;
}

std::uint32_t CachedReach::number_of(const Examined& file) {
  const auto [known, is_new] =
      numbers_.try_emplace(&file, static_cast<std::uint32_t>(objects_.size()));
  if (is_new) {
    objects_.push_back(&file);
  }
  return known->second;
}

std::string CachedReach::pack(const std::vector<Answer>& answers) {
  Packer packer;
  // Functions reach many things: their chains are written once.
  std::map<std::string_view, std::uint32_t> chains;
  std::vector<std::string_view> order;
  for (const Answer& answer : answers) {
    if (chains.try_emplace(answer.chain, static_cast<std::uint32_t>(order.size())).second) {
      order.push_back(answer.chain);
    }
  }
  packer.number(static_cast<std::uint32_t>(order.size()));
  for (const std::string_view chain : order) {
    packer.text(chain);
  }
  packer.number(static_cast<std::uint32_t>(answers.size()));
  for (const Answer& answer : answers) {
    packer.number(static_cast<std::uint32_t>(answer.reached.kind));
    packer.number(number_of(*answer.reached.file));
    packer.number(static_cast<std::uint32_t>(answer.reached.confidence));
    packer.number(chains[answer.chain]);
    packer.text(answer.reached.text);
    packer.number(static_cast<std::uint32_t>(answer.reached.arguments.size()));
    for (const std::optional<std::string>& argument : answer.reached.arguments) {
      packer.number(argument ? an_argument : no_argument);
      packer.text(argument.value_or(""));
    }
  }
  return std::move(packer.out);
}

std::optional<std::vector<CachedReach::Answer>> CachedReach::unpack(std::string_view packed) const {
  Unpacker unpacker(packed);
  std::vector<std::string_view> chains;
  for (std::uint32_t left = unpacker.number<std::uint32_t>(); left > 0 && unpacker.fits; --left) {
    chains.push_back(unpacker.text());
  }
  std::vector<Answer> answers;
  for (std::uint32_t left = unpacker.number<std::uint32_t>(); left > 0 && unpacker.fits; --left) {
    Answer& answer = answers.emplace_back();
    answer.reached.kind = static_cast<ReachedKind>(unpacker.number<std::uint32_t>());
    const std::uint32_t object = unpacker.number<std::uint32_t>();
    answer.reached.confidence = static_cast<Confidence>(unpacker.number<std::uint32_t>());
    const std::uint32_t chain = unpacker.number<std::uint32_t>();
    if (object >= objects_.size() || chain >= chains.size() ||
        answer.reached.kind > ReachedKind::call ||
        answer.reached.confidence > Confidence::certain) {
      return std::nullopt;
    }
    answer.reached.file = objects_[object];
    answer.chain = chains[chain];
    answer.reached.text = unpacker.text();
    for (std::uint32_t more = unpacker.number<std::uint32_t>(); more > 0 && unpacker.fits; --more) {
      const bool is_known = unpacker.number<char>() == an_argument;
      const std::string_view text = unpacker.text();
      answer.reached.arguments.push_back(is_known ? std::optional(std::string(text))
                                                  : std::nullopt);
    }
  }
  return unpacker.fits ? std::optional(std::move(answers)) : std::nullopt;
}

} // namespace pare
