#pragma once
// Which object a name is bound to, in each process: the first in load order that defines it
// (ld.so(8), "symbol lookup"; glibc 2.36, elf/dl-lookup.c, check_match).

#include "code/object.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pare {

class Scopes {
public:
  /// What a symbol is bound to: an object by its number, and its symbol.
  struct Definition {
    std::uint32_t object = 0;
    std::uint32_t symbol = 0;

    bool operator==(const Definition&) const = default;
  };

  /// The next object; they are numbered from 0. It must outlive this, as it is.
  void add_object(const Object& object);

  std::uint32_t add_process();
  /// Objects that come last in the process's order; those that it has already stay where they are.
  void extend(std::uint32_t process, std::uint32_t object);
  const std::vector<std::uint32_t>& objects_of(std::uint32_t process) const {
    return processes_[process].order;
  }
  const std::vector<std::uint32_t>& processes_of(std::uint32_t object) const {
    return processes_by_object_[object];
  }

  /// nullopt: nothing in the process defines it. `copied`: for the variable that the object holds a
  /// copy of itself.
  std::optional<Definition> find(std::uint32_t process,
                                 const Symbol& symbol,
                                 std::optional<std::uint32_t> not_in = std::nullopt) const;

private:
  struct ProcessObjects {
    std::vector<std::uint32_t> order;
    std::unordered_map<std::uint32_t, std::uint32_t> place;
  };
  std::vector<const Object*> objects_;
  std::vector<std::vector<std::uint32_t>> processes_by_object_;
  std::vector<ProcessObjects> processes_;
  /// A name's definitions are a list through all of them.
  struct Entry {
    Definition definition;
    std::uint32_t next;
  };
  std::vector<Entry> entries_;
  std::unordered_map<std::string_view, std::uint32_t> last_entries_;
};

} // namespace pare
