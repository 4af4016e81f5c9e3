#pragma once
// What kind of file the first bytes promise, and its facts.

#include "base/bytes.hpp"
#include "formats/facts.hpp"

#include <optional>
#include <string>

namespace pare {

struct Reading {
  Facts facts;
  std::string
      damage; ///< Not empty: it cannot be read as what it claims to be. The facts are Plain then.
  std::optional<ElfMachine> machine; ///< Of an ELF file, a damaged one too.
};

/// A file that is just something else is Plain. Throws nothing for what the file says.
Reading read_facts(const ByteSource& source);

} // namespace pare
