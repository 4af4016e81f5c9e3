// The least that any program must do to learn what a closure's files say, given that it knows them already: for each path
// on the command line, open it, read its ELF header and program headers, its dynamic table, and the strings that DT_NEEDED,
// DT_SONAME, DT_RPATH and DT_RUNPATH name; close it. No name is looked up in any folder, no other table is read, nothing is
// kept or sorted, and the one line of output is a sum that stops the compiler from leaving the work out.
//
// A file costs five system calls: open, and a pread each for the header with the program headers (one page), the dynamic
// table, and the strings (from the first one needed to the end of the last one, in one piece; most libraries keep them
// together). That is how the file would be read by hand; mmap is slower for so few bytes (a page fault costs more than a pread).
// 64-bit little-endian only: what scripts/bench measures on.

#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, MAX_HEADERS = 64, MAX_DYNAMIC = 512, MAX_STRINGS = 1 << 20, LONGEST = 256 };

static char page[PAGE];
static Elf64_Dyn dynamic[MAX_DYNAMIC];
static char strings[MAX_STRINGS];

static void fail(const char* path, const char* what) {
  fprintf(stderr, "lower_bound: %s: %s\n", path, what);
  exit(1);
}

// The file's offset of what is loaded at `address`.
static uint64_t offset_of(const Elf64_Phdr* headers, unsigned count, uint64_t address, const char* path) {
  for (unsigned i = 0; i < count; i++)
    if (headers[i].p_type == PT_LOAD && address >= headers[i].p_vaddr &&
        address - headers[i].p_vaddr < headers[i].p_filesz)
      return headers[i].p_offset + (address - headers[i].p_vaddr);
  fail(path, "address lies in no segment");
  return 0;
}

static unsigned long read_one(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(path, "cannot open");
  const ssize_t got = pread(fd, page, PAGE, 0);
  const Elf64_Ehdr* header = (const Elf64_Ehdr*)page;
  if (got < (ssize_t)sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
    fail(path, "not ELF of 64 bits, little-endian");
  if (header->e_phnum > MAX_HEADERS || header->e_phoff + header->e_phnum * sizeof(Elf64_Phdr) > (uint64_t)got)
    fail(path, "program headers outside of the first page");
  const Elf64_Phdr* headers = (const Elf64_Phdr*)(page + header->e_phoff);

  uint64_t length = 0;
  for (unsigned i = 0; i < header->e_phnum && length == 0; i++)
    if (headers[i].p_type == PT_DYNAMIC) {
      length = headers[i].p_filesz;
      if (length > sizeof dynamic || pread(fd, dynamic, length, (off_t)headers[i].p_offset) != (ssize_t)length)
        fail(path, "dynamic table");
    }
  if (length == 0) fail(path, "no dynamic table");

  uint64_t table = 0;
  uint64_t first = UINT64_MAX;
  uint64_t last = 0;
  for (unsigned i = 0; i < length / sizeof *dynamic && dynamic[i].d_tag != DT_NULL; i++)
    switch (dynamic[i].d_tag) {
    case DT_STRTAB: table = dynamic[i].d_un.d_ptr; break;
    case DT_NEEDED: case DT_SONAME: case DT_RPATH: case DT_RUNPATH:
      if (dynamic[i].d_un.d_val < first) first = dynamic[i].d_un.d_val;
      if (dynamic[i].d_un.d_val > last) last = dynamic[i].d_un.d_val;
    }
  unsigned long sum = 0;
  if (first <= last) {
    const uint64_t size = last - first + LONGEST;
    if (size > MAX_STRINGS) fail(path, "strings far apart");
    const ssize_t strings_size =
        pread(fd, strings, size, (off_t)(offset_of(headers, header->e_phnum, table, path) + first));
    for (unsigned i = 0; i < length / sizeof *dynamic && dynamic[i].d_tag != DT_NULL; i++)
      switch (dynamic[i].d_tag) {
      case DT_NEEDED: case DT_SONAME: case DT_RPATH: case DT_RUNPATH: {
        const uint64_t at = dynamic[i].d_un.d_val - first;
        if ((ssize_t)at >= strings_size) fail(path, "string outside of the file");
        sum += strnlen(strings + at, (size_t)strings_size - at);
      }
      }
  }
  close(fd);
  return sum;
}

int main(int argc, char** argv) {
  unsigned long sum = 0;
  for (int i = 1; i < argc; i++) sum += read_one(argv[i]);
  printf("%lu bytes of names in %d files\n", sum, argc - 1);
  return 0;
}
