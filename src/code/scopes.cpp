#include "code/scopes.hpp"

namespace pare {

namespace {

constexpr std::uint32_t no_entry = 0xffffffff;

bool fits(const Symbol& wanted, const Symbol& defined) {
  if (defined.version.empty()) {
    return true;
  }
  return wanted.version.empty() ? !defined.hidden : wanted.version == defined.version;
}

} // namespace

void Scopes::add_object(const Object& object) {
  const auto number = static_cast<std::uint32_t>(objects_.size());
  objects_.push_back(&object);
  processes_by_object_.emplace_back();
  const std::vector<Symbol>& symbols = object.symbols();
  for (std::uint32_t i = 1; i < symbols.size(); ++i) {
    if (symbols[i].defined && !symbols[i].name.empty()) {
      const auto [last, fresh] = last_entries_.try_emplace(symbols[i].name, no_entry);
      entries_.push_back({{number, i}, last->second});
      last->second = static_cast<std::uint32_t>(entries_.size() - 1);
    }
  }
}

std::uint32_t Scopes::add_process() {
  processes_.emplace_back();
  return static_cast<std::uint32_t>(processes_.size() - 1);
}

void Scopes::extend(std::uint32_t process, std::uint32_t object) {
  ProcessObjects& objects = processes_[process];
  if (objects.place.try_emplace(object, static_cast<std::uint32_t>(objects.order.size())).second) {
    objects.order.push_back(object);
    processes_by_object_[object].push_back(process);
  }
}

std::optional<Scopes::Definition> Scopes::find(std::uint32_t process,
                                               const Symbol& symbol,
                                               std::optional<std::uint32_t> not_in) const {
  const auto last = last_entries_.find(symbol.name);
  const ProcessObjects& objects = processes_[process];
  std::optional<Definition> best;
  std::uint32_t best_place = 0;
  for (std::uint32_t i = last == last_entries_.end() ? no_entry : last->second; i != no_entry;
       i = entries_[i].next) {
    const Definition& definition = entries_[i].definition;
    const auto place = objects.place.find(definition.object);
    if (place == objects.place.end() || definition.object == not_in ||
        !fits(symbol, objects_[definition.object]->symbols()[definition.symbol])) {
      continue;
    }
    // Of several in one object, the first in its table.
    if (!best || place->second <= best_place) {
      best = definition;
      best_place = place->second;
    }
  }
  return best;
}

} // namespace pare
