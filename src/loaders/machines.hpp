#pragma once
// What glibc's port to each machine has built in: names, folders, kinds of CPU.

#include "formats/facts.hpp"

#include <string>
#include <vector>

namespace pare {

/// A kind of CPU, as the loader tells them apart.
struct CpuProfile {
  std::string platform;            ///< What $PLATFORM means (AT_PLATFORM); empty: it has no value.
  std::vector<std::string> levels; ///< Subfolders of glibc-hwcaps, the best first.
  std::vector<std::string> hwcaps; ///< Before glibc 2.37, subfolders too, alone and joined: "sse2".
};

struct Machine {
  std::string name;        ///< "x86_64"; empty for one that is not known.
  std::string interpreter; ///< Where glibc's loader is by convention.
  std::string musl_interpreter;
  std::vector<std::string>
      usual_folders;     ///< Debian's, with a slash at the end: for a root without that loader.
  std::string usual_lib; ///< $LIB, likewise.
  std::vector<std::uint32_t> cache_flags; ///< _DL_CACHE_DEFAULT_ID, and what else its loader takes.
  std::vector<std::string> levels;        ///< All subfolders of glibc-hwcaps that some CPU has.
  std::vector<std::string> legacy_names;  ///< All parts of legacy subfolders.
  std::vector<CpuProfile> cpus;           ///< The baseline first; never empty.
};

/// The entry for a file's machine; one with empty names and a single CPU when it is not known.
const Machine& machine_of(const ElfMachine& machine);

/// The legacy subfolders that glibc before 2.37 looks into on a CPU, in order.
std::vector<std::string> legacy_subfolders_of(const CpuProfile& cpu);

/// Whether a loader of machine `wanted` takes the file for one of its own, or passes it over
/// (elf_machine_matches_host of glibc's ports, and the class). The byte order is looked at only if
/// the machine fits.
bool same_machine(const ElfMachine& file, const ElfMachine& wanted);

/// The interpreter that a shared library's program would most likely have: that of its machine.
/// Places in order of likelihood, glibc's before musl's; empty for a machine that is not known.
std::vector<std::string> usual_interpreters(const Elf& elf);

} // namespace pare
