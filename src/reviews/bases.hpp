#pragma once
// Base images of which the facts are built in (rules/bases), images that are read, and folders of
// the host as bases.

#include "formats/facts.hpp"
#include "root/sources.hpp"

#include <pare/root.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pare {

struct Base {
  std::string image;     ///< What a FROM line names: "gcr.io/distroless/base-debian12".
  std::string from_line; ///< The same as the user wrote it, with tag and digest.
  std::unique_ptr<Root> root;
  std::uint64_t bytes = 0;   ///< Of all its regular files; 0 for a folder: not measured.
  std::string unproved;      ///< Not empty: why its list of packages cannot be cited.
  bool is_described = false; ///< Facts are known, not bytes.
  bool is_local = false;     ///< Read from files of this machine: from_line is a guess.
};

/// What --base names: "dir:PATH", an image under one of skopeo's transport names ("oci:DIR:TAG",
/// "docker://..."), read for the platform of `machine`, or an image that is known. Throws
/// InputError for another, naming those that are, and what open_source() throws.
Base open_base(const std::string& text, const ElfMachine& machine, SourceOptions options);

/// All images that are known for this machine.
std::vector<Base> described_bases(const ElfMachine& machine);

} // namespace pare
