#pragma once
// What one file says, and nothing of where it lies.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace pare {

/// What decides whether a loader takes a file for its own kind.
struct ElfMachine {
  bool is_64 = true;
  bool big_endian = false;
  std::uint16_t machine = 0; ///< e_machine, EM_X86_64...
  std::uint32_t flags = 0;   ///< e_flags: the floating-point ABI on some machines.

  bool operator==(const ElfMachine&) const = default;
};

enum class DependencyTag : std::uint8_t { needed, filter, auxiliary };

/// An entry of the dynamic table that names another object. The order in the table is the order of
/// loading.
struct Dependency {
  DependencyTag tag = DependencyTag::needed;
  std::string name; ///< As stored: $ORIGIN and its kin are not expanded.
};

/// One symbol version that a file requires of a library.
struct VersionNeed {
  std::string library; ///< The soname that defines it: "libc.so.6".
  std::string version; ///< "GLIBC_2.34".
  bool weak = false;   ///< VER_FLG_WEAK: the loader does without it.
};

/// Bytes of a file.
struct FileRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

struct Elf {
  ElfMachine machine;
  std::uint16_t type = 0;                 ///< e_type: ET_EXEC or ET_DYN can be run or loaded.
  std::optional<std::string> interpreter; ///< PT_INTERP.
  bool is_dynamic = false;                ///< Has a PT_DYNAMIC with entries.
  std::vector<Dependency> dependencies;
  std::optional<std::string> soname;
  std::optional<std::string> rpath; ///< DT_RPATH, unexpanded; not there when DT_RUNPATH is: it then
                                    ///< has no say (glibc 2.36, elf/get-dynamic-info.h).
  std::optional<std::string> runpath;     ///< DT_RUNPATH, unexpanded.
  std::vector<std::string> audit;         ///< DT_AUDIT, DT_DEPAUDIT: names with `:` between them.
  std::uint64_t flags_1 = 0;              ///< DT_FLAGS_1.
  std::vector<VersionNeed> version_needs; ///< In the file's order.
  bool defines_versions = false;          ///< Has DT_VERDEF.
  std::vector<std::string>
      versions; ///< Defined by DT_VERDEF, sorted; the base version is the soname.
  std::vector<FileRange>
      constants; ///< Loaded segments without write access, those without code where there are some.
  std::vector<std::string>
      dlopen_notes; ///< The JSON texts of .note.dlopen (systemd.io/ELF_DLOPEN_METADATA).

  /// Something the kernel starts: it names an interpreter, or says that it is a static-pie, or is
  /// no shared object.
  bool is_program() const;
};

/// A `#!` line, as the kernel splits it (Linux, fs/binfmt_script.c).
struct Script {
  std::string interpreter;
  std::string argument; ///< All that follows, as one argument; may be empty.
};

/// A symbol that a PE file imports, by name or by number.
struct PeSymbol {
  std::string name;          ///< Empty: imported by its ordinal.
  std::uint16_t ordinal = 0; ///< Of a symbol without a name.

  bool operator==(const PeSymbol&) const = default;
};

/// What a PE file takes from one library.
struct PeImport {
  std::string library;           ///< As stored: "KERNEL32.dll".
  std::vector<PeSymbol> symbols; ///< In the file's order; may be empty.
  bool delayed = false;          ///< Loaded when one of its symbols is first called.
  bool symbols_unknown = false;  ///< Bound by an old linker that kept no names.
};

/// A function that a PE file offers. One function may have several names, and then has several
/// entries.
struct PeExport {
  std::uint32_t ordinal = 0; ///< With the base added.
  std::string name;          ///< Empty: known by its ordinal only.
  std::string forward;       ///< "NTDLL.RtlAllocateHeap", "OTHER.#12": another library's. Or empty.

  auto operator<=>(const PeExport&) const = default;
};

/// A .NET assembly as another one names it (ECMA-335, II.22.5).
struct AssemblyName {
  std::string name;             ///< Without ".dll": "System.Xml".
  std::string version;          ///< "4.0.0.0".
  std::string culture;          ///< Empty: neutral.
  std::string public_key_token; ///< 16 hex digits; empty: not signed.

  bool operator==(const AssemblyName&) const = default;
};

/// What the metadata of a .NET file say (ECMA-335, II.24 and II.25).
struct Clr {
  std::string runtime;                       ///< "v4.0.30319".
  bool is_assembly = false;                  ///< Has a manifest; else a module of some assembly.
  AssemblyName own;                          ///< Of an assembly.
  std::vector<AssemblyName> references;      ///< In the file's order.
  std::vector<std::string> native_libraries; ///< What DllImport names: "libfoo", "kernel32.dll".
  std::vector<std::string> files;            ///< Further modules and resources of the assembly.
  bool il_only = false;                      ///< Runs on any machine, unless requires_32_bit.
  bool requires_32_bit = false;
};

struct Pe {
  std::uint16_t machine = 0; ///< IMAGE_FILE_MACHINE_AMD64...
  bool is_64 = true;         ///< PE32+.
  bool is_dll = false;
  bool is_hybrid = false; ///< Holds code for Arm64 beside x64's: ARM64EC or ARM64X.
  std::uint16_t subsystem = 0;
  std::vector<PeImport> imports;  ///< In the file's order, those that are delayed last.
  std::vector<std::string> bound; ///< Libraries in the table of bound imports, forwarders' targets
                                  ///< among them; no doubles.
  std::string export_name;        ///< By which the file knows itself: "libz1.dll"; may be empty.
  std::vector<PeExport> exports;  ///< Sorted.
  std::vector<std::uint32_t>
      exports_by_name;  ///< Indices of exports that have a name, sorted by it.
  std::string manifest; ///< RT_MANIFEST, as stored (XML); empty: none.
  std::optional<Clr> clr;

  /// Null: not exported.
  const PeExport* find_export(const PeSymbol& symbol) const;
  /// Windows starts or loads it: no EFI application, no boot loader.
  bool is_for_windows() const;
};

/// Neither a program nor a library.
struct Plain {};

using Facts = std::variant<Plain, Elf, Script, Pe>;

// elf(5) and the psABIs; spelled out so that no header of the host decides what a file of another
// machine means.
namespace elf {
constexpr std::uint16_t et_exec = 2, et_dyn = 3;
constexpr std::uint16_t em_sparc = 2, em_386 = 3, em_68k = 4, em_mips = 8, em_parisc = 15,
                        em_sparc32plus = 18, em_ppc = 20, em_ppc64 = 21, em_s390 = 22, em_arm = 40,
                        em_sh = 42, em_sparcv9 = 43, em_ia64 = 50, em_x86_64 = 62, em_aarch64 = 183,
                        em_riscv = 243, em_loongarch = 258, em_alpha = 0x9026;
constexpr std::uint64_t df_1_nodeflib = 0x800, df_1_pie = 0x08000000;
} // namespace elf

// PE format, "Machine Types" (learn.microsoft.com/windows/win32/debug/pe-format).
namespace pe {
constexpr std::uint16_t i386 = 0x14c, arm_nt = 0x1c4, amd64 = 0x8664, arm64 = 0xaa64;
} // namespace pe

} // namespace pare
