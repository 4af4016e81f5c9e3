// Sources: glibc 2.36, sysdeps/*/ldconfig.h and dl-cache.h (cache flags), sysdeps/*/dl-hwcap.h and
// dl-procinfo.c (legacy hwcaps),
// sysdeps/{x86_64,powerpc/powerpc64le,s390/s390-64}/dl-hwcaps_subdirs.c (levels), shlib-versions
// (names); musl 1.2.3, arch/*/reloc.h (LDSO_ARCH).

#include "loaders/machines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace pare {
namespace {

// e_flags
constexpr std::uint32_t ef_arm_hard_float = 0x400, ef_arm_soft_float = 0x200,
                        ef_arm_eabi = 0xff000000, ef_arm_eabi_5 = 0x05000000, ef_mips_n32 = 0x20,
                        ef_mips_nan2008 = 0x400, ef_riscv_float = 0x6, ef_ppc64_abi = 0x3,
                        ef_loongarch_float = 0x7;

CpuProfile
cpu(std::string platform, std::vector<std::string> levels, std::vector<std::string> hwcaps) {
  return {std::move(platform), std::move(levels), std::move(hwcaps)};
}

Machine with_triplet(std::string name,
                     std::string interpreter,
                     std::string musl,
                     std::string triplet,
                     std::vector<std::uint32_t> cache_flags,
                     std::vector<CpuProfile> cpus,
                     std::vector<std::string> levels = {},
                     std::vector<std::string> legacy_names = {"tls"}) {
  Machine machine;
  machine.name = std::move(name);
  machine.interpreter = std::move(interpreter);
  machine.musl_interpreter = musl.empty() ? "" : fmt::format("/lib/ld-musl-{}.so.1", musl);
  machine.usual_folders = {
      fmt::format("/lib/{}/", triplet), fmt::format("/usr/lib/{}/", triplet), "/lib/", "/usr/lib/"};
  machine.usual_lib = "lib/" + triplet;
  machine.cache_flags = std::move(cache_flags);
  machine.levels = std::move(levels);
  machine.legacy_names = std::move(legacy_names);
  machine.cpus = std::move(cpus);
  return machine;
}

using Levels = std::vector<std::string>;

Machine x86_64() {
  const Levels v4 = {"x86-64-v4", "x86-64-v3", "x86-64-v2"}, v3 = {v4.begin() + 1, v4.end()},
               v2 = {v4.begin() + 2, v4.end()};
  const Levels base = {"x86_64"}, avx512 = {"x86_64", "avx512_1"};
  // Intel's CPUs have names as platforms (sysdeps/x86/cpu-features.c).
  return with_triplet("x86_64",
                      "/lib64/ld-linux-x86-64.so.2",
                      "x86_64",
                      "x86_64-linux-gnu",
                      {0x0303},
                      {cpu("x86_64", {}, base),
                       cpu("x86_64", v2, base),
                       cpu("x86_64", v3, base),
                       cpu("x86_64", v4, base),
                       cpu("haswell", v3, base),
                       cpu("haswell", v4, avx512),
                       cpu("xeon_phi", v3, base)},
                      v4,
                      {"tls", "x86_64", "haswell", "xeon_phi", "avx512_1"});
}

Machine make(const ElfMachine& elf) {
  switch (elf.machine) {
  case elf::em_x86_64:
    if (!elf.is_64) {
      return with_triplet("x32",
                          "/libx32/ld-linux-x32.so.2",
                          "x32",
                          "x86_64-linux-gnux32",
                          {0x0803},
                          {cpu("x86_64", {}, {"x86_64"})},
                          {},
                          {"tls", "x86_64"});
    }
    return x86_64();
  case elf::em_386:
    return with_triplet("i386",
                        "/lib/ld-linux.so.2",
                        "i386",
                        "i386-linux-gnu",
                        {0x0003},
                        {cpu("i686", {}, {"sse2"}), cpu("i686", {}, {}), cpu("i586", {}, {})},
                        {},
                        {"tls", "i686", "i586", "sse2"});
  case elf::em_aarch64:
    return with_triplet("aarch64",
                        elf.big_endian ? "/lib/ld-linux-aarch64_be.so.1"
                                       : "/lib/ld-linux-aarch64.so.1",
                        elf.big_endian ? "aarch64_be" : "aarch64",
                        elf.big_endian ? "aarch64_be-linux-gnu" : "aarch64-linux-gnu",
                        {0x0a03},
                        {cpu("aarch64", {}, {}), cpu("aarch64", {}, {"atomics"})},
                        {},
                        {"tls", "aarch64", "atomics"});
  case elf::em_arm:
    if ((elf.flags & ef_arm_hard_float) != 0) {
      return with_triplet("armhf",
                          "/lib/ld-linux-armhf.so.3",
                          "armhf",
                          "arm-linux-gnueabihf",
                          {0x0903, 0x0003},
                          {cpu("v7l", {}, {"vfp"}),
                           cpu("v7l", {}, {"vfp", "neon"}),
                           cpu("v8l", {}, {"vfp", "neon"})},
                          {},
                          {"tls", "v7l", "v8l", "vfp", "neon"});
    }
    return with_triplet("armel",
                        "/lib/ld-linux.so.3",
                        "arm",
                        "arm-linux-gnueabi",
                        {0x0b03, 0x0003},
                        {cpu("v5l", {}, {}), cpu("v7l", {}, {"vfp", "neon"})},
                        {},
                        {"tls", "v5l", "v7l", "vfp", "neon"});
  case elf::em_riscv: {
    const bool is_double = (elf.flags & ef_riscv_float) == 4;
    if (!elf.is_64) {
      return with_triplet("riscv32",
                          "/lib/ld-linux-riscv32-ilp32d.so.1",
                          "riscv32",
                          "riscv32-linux-gnu",
                          {0x1003, 0x0f03},
                          {cpu("", {}, {})});
    }
    return with_triplet(
        "riscv64",
        is_double ? "/lib/ld-linux-riscv64-lp64d.so.1" : "/lib/ld-linux-riscv64-lp64.so.1",
        is_double ? "riscv64" : "riscv64-sf",
        "riscv64-linux-gnu",
        is_double ? std::vector<std::uint32_t>{0x1003} : std::vector<std::uint32_t>{0x0f03},
        {cpu("", {}, {})});
  }
  case elf::em_s390: {
    if (!elf.is_64) {
      return with_triplet(
          "s390", "/lib/ld.so.1", "", "s390-linux-gnu", {0x0003}, {cpu("", {}, {})});
    }
    const Levels z16 = {"z16", "z15", "z14", "z13"}, z15 = {z16.begin() + 1, z16.end()},
                 z14 = {z16.begin() + 2, z16.end()}, z13 = {z16.begin() + 3, z16.end()};
    return with_triplet("s390x",
                        "/lib/ld64.so.1",
                        "s390x",
                        "s390x-linux-gnu",
                        {0x0403},
                        {cpu("z900", {}, {}),
                         cpu("z13", z13, {}),
                         cpu("z14", z14, {}),
                         cpu("z15", z15, {}),
                         cpu("z16", z16, {})},
                        z16,
                        {"tls", "z900", "z13", "z14", "z15", "z16"});
  }
  case elf::em_ppc64: {
    if (elf.big_endian) {
      return with_triplet("ppc64",
                          "/lib64/ld64.so.1",
                          "powerpc64",
                          "powerpc64-linux-gnu",
                          {0x0503},
                          {cpu("power4", {}, {})});
    }
    const Levels p10 = {"power10", "power9"}, p9 = {"power9"};
    return with_triplet("ppc64le",
                        "/lib64/ld64.so.2",
                        "powerpc64le",
                        "powerpc64le-linux-gnu",
                        {0x0503},
                        {cpu("power8", {}, {}), cpu("power9", p9, {}), cpu("power10", p10, {})},
                        p10,
                        {"tls", "power8", "power9", "power10"});
  }
  case elf::em_ppc:
    return with_triplet(
        "powerpc", "/lib/ld.so.1", "powerpc", "powerpc-linux-gnu", {0x0003}, {cpu("", {}, {})});
  case elf::em_mips: {
    const bool n32 = (elf.flags & ef_mips_n32) != 0;
    const std::string end = elf.big_endian ? "" : "el";
    const std::string file =
        (elf.flags & ef_mips_nan2008) != 0 ? "ld-linux-mipsn8.so.1" : "ld.so.1";
    const std::string folder = elf.is_64 ? "/lib64/" : n32 ? "/lib32/" : "/lib/";
    const std::string triplet = elf.is_64 ? fmt::format("mips64{}-linux-gnuabi64", end)
                                : n32     ? fmt::format("mips64{}-linux-gnuabin32", end)
                                          : fmt::format("mips{}-linux-gnu", end);
    return with_triplet("mips" + end,
                        folder + file,
                        elf.is_64 ? "mips64" + end : "mips" + end,
                        triplet,
                        elf.is_64 ? std::vector<std::uint32_t>{0x0703, 0x0e03}
                        : n32     ? std::vector<std::uint32_t>{0x0603, 0x0d03}
                                  : std::vector<std::uint32_t>{0x0003, 0x0c03},
                        {cpu("", {}, {})});
  }
  case elf::em_loongarch:
    return with_triplet("loongarch64",
                        (elf.flags & ef_loongarch_float) == 3
                            ? "/lib64/ld-linux-loongarch-lp64d.so.1"
                            : "/lib64/ld-linux-loongarch-lp64s.so.1",
                        "loongarch64",
                        "loongarch64-linux-gnu",
                        {0x1203, 0x1103},
                        {cpu("loongarch", {}, {})});
  case elf::em_sparcv9:
    return with_triplet("sparc64",
                        "/lib64/ld-linux.so.2",
                        "",
                        "sparc64-linux-gnu",
                        {0x0103},
                        {cpu("sparcv9", {}, {})});
  case elf::em_sparc:
  case elf::em_sparc32plus:
    return with_triplet(
        "sparc", "/lib/ld-linux.so.2", "", "sparc-linux-gnu", {0x0003}, {cpu("", {}, {})});
  case elf::em_68k:
    return with_triplet(
        "m68k", "/lib/ld.so.1", "m68k", "m68k-linux-gnu", {0x0003}, {cpu("", {}, {})});
  case elf::em_parisc:
    return with_triplet("hppa", "/lib/ld.so.1", "", "hppa-linux-gnu", {0x0003}, {cpu("", {}, {})});
  case elf::em_sh:
    return with_triplet(
        "sh4", "/lib/ld-linux.so.2", "sh", "sh4-linux-gnu", {0x0003}, {cpu("", {}, {})});
  case elf::em_ia64:
    return with_triplet(
        "ia64", "/lib/ld-linux-ia64.so.2", "", "ia64-linux-gnu", {0x0203}, {cpu("", {}, {})});
  case elf::em_alpha:
    return with_triplet(
        "alpha", "/lib/ld-linux.so.2", "", "alpha-linux-gnu", {0x0003}, {cpu("", {}, {})});
  default: {
    Machine unknown;
    unknown.usual_folders = {"/lib/", "/usr/lib/"};
    unknown.usual_lib = "lib";
    unknown.cache_flags = {0x0003};
    unknown.cpus = {cpu("", {}, {})};
    return unknown;
  }
  }
}

} // namespace

const Machine& machine_of(const ElfMachine& machine) {
  using Key = std::tuple<bool, bool, std::uint16_t, std::uint32_t>;
  thread_local std::map<Key, Machine> known; // built once for each kind of file that turns up
  const Key key = {machine.is_64, machine.big_endian, machine.machine, machine.flags};
  const auto found = known.find(key);
  return found != known.end() ? found->second : known.emplace(key, make(machine)).first->second;
}

/// elf/dl-hwcaps.c, _dl_important_hwcaps (2.36): all subsets of hwcaps, platform and "tls", the
/// last named weighing most.
std::vector<std::string> legacy_subfolders_of(const CpuProfile& cpu) {
  std::vector<std::string> parts = cpu.hwcaps;
  if (!cpu.platform.empty()) {
    parts.push_back(cpu.platform);
  }
  parts.push_back("tls");
  std::vector<std::string> subfolders;
  for (std::size_t set = (std::size_t{1} << parts.size()) - 1; set > 0; --set) {
    std::string subfolder;
    for (std::size_t i = parts.size(); i-- > 0;) {
      if ((set >> i & 1) != 0) {
        subfolder += (subfolder.empty() ? "" : "/") + parts[i];
      }
    }
    subfolders.push_back(std::move(subfolder));
  }
  return subfolders;
}

bool same_machine(const ElfMachine& file, const ElfMachine& wanted) {
  if (file.is_64 != wanted.is_64) {
    return false;
  }
  // The loader reads e_machine in its own byte order, whatever the file says.
  const std::uint16_t as_read =
      file.big_endian == wanted.big_endian
          ? file.machine
          : static_cast<std::uint16_t>(file.machine >> 8 | file.machine << 8);
  if (as_read != wanted.machine) {
    // The 32-bit SPARC loader takes both of its kinds (sysdeps/sparc/sparc32/dl-machine.h).
    const auto is_sparc = [](std::uint16_t m) {
      return m == elf::em_sparc || m == elf::em_sparc32plus;
    };
    return is_sparc(as_read) && is_sparc(wanted.machine);
  }
  const std::uint32_t different = file.flags ^ wanted.flags;
  switch (wanted.machine) {
  case elf::em_arm: // sysdeps/unix/sysv/linux/arm/ldsodefs.h: version 5 of the EABI says what it
                    // wants, or nothing
    return (file.flags & ef_arm_eabi) != ef_arm_eabi_5 ||
           (file.flags &
            ((wanted.flags & ef_arm_hard_float) != 0 ? ef_arm_soft_float : ef_arm_hard_float)) == 0;
  case elf::em_riscv: // sysdeps/riscv/dl-machine.h
    return (different & ef_riscv_float) == 0;
  case elf::em_mips: // sysdeps/mips/dl-machine-reject-phdr.h and dl-machine.h
    return (different & (ef_mips_n32 | ef_mips_nan2008)) == 0;
  case elf::em_ppc64: // sysdeps/powerpc/powerpc64/dl-machine.h; 0 fits any
    return (file.flags & ef_ppc64_abi) == 0 || (wanted.flags & ef_ppc64_abi) == 0 ||
           (different & ef_ppc64_abi) == 0;
  default:
    return true;
  }
}

std::vector<std::string> usual_interpreters(const Elf& elf) {
  const Machine& machine = machine_of(elf.machine);
  std::vector<std::string> usual;
  const auto wants = [&](std::string_view name) {
    return std::ranges::any_of(elf.dependencies,
                               [&](const Dependency& d) { return d.name.starts_with(name); });
  };
  if (!machine.musl_interpreter.empty()) {
    usual.push_back(machine.musl_interpreter);
  }
  if (!machine.interpreter.empty()) {
    // A library that wants "libc.so" or "libc.musl-x86_64.so.1" is musl's, any other glibc's.
    const bool is_musl = wants("libc.musl-") || (wants("libc.so") && !wants("libc.so."));
    usual.insert(is_musl ? usual.end() : usual.begin(), machine.interpreter);
  }
  return usual;
}

} // namespace pare
