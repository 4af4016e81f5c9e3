// operator new and delete of the program (the library has none): a closure is tens of thousands of
// small strings and nodes that live about as long as the run, and malloc(3) took a third of the
// time for them. Small blocks come one after another from a reserved range of addresses, go to a
// free list of their size, and are never given back. All else is malloc's; so is everything where
// the range cannot be reserved (ulimit -v), or is used up.
//
// Each thread has lists of its own. A block that is freed without its size is not used again:
// nothing says how large it was. Sanitizers keep their own allocator, which sees more.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) ||                         \
    __has_feature(thread_sanitizer)
#define PARE_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PARE_SANITIZED
#endif

#ifndef PARE_SANITIZED

namespace {

constexpr std::size_t grain = 16, largest = 512;
constexpr std::size_t chunk_size = 64 << 10, range_size = std::size_t{1} << 30;

struct FreeBlock {
  FreeBlock* next;
};

struct Pool {
  std::array<FreeBlock*, largest / grain + 1> free; ///< By size in grains.
  std::byte* at;                                    ///< Of the chunk in use.
  std::byte* end;
};

/// The first thread's first: a short run asks the system for no memory at all.
alignas(grain) constinit std::byte first_chunk[chunk_size] = {};
constinit std::atomic<bool> first_chunk_taken = false;
constinit thread_local Pool pool{};
constinit std::atomic<std::byte*> range_start = nullptr;
constinit std::atomic<std::size_t> range_used = 0;

void* from_malloc(std::size_t size) {
  void* block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) {
    throw std::bad_alloc();
  }
  return block;
}

/// False: there is none.
bool take_chunk() {
  if (!first_chunk_taken.exchange(true)) {
    pool.at = first_chunk;
    pool.end = first_chunk + chunk_size;
    return true;
  }
  std::byte* start = range_start.load(std::memory_order_acquire);
  if (start == nullptr) {
    void* fresh = mmap(nullptr,
                       range_size,
                       PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                       -1,
                       0);
    if (fresh == MAP_FAILED) {
      return false;
    }
    if (range_start.compare_exchange_strong(start, static_cast<std::byte*>(fresh))) {
      start = static_cast<std::byte*>(fresh);
    } else { // another thread was first
      munmap(fresh, range_size);
    }
  }
  const std::size_t offset = range_used.fetch_add(chunk_size);
  if (offset + chunk_size > range_size) {
    return false;
  }
  pool.at = start + offset;
  pool.end = pool.at + chunk_size;
  return true;
}

bool is_in_range(const void* block) {
  const auto lies_in = [block](const std::byte* start, std::size_t size) {
    return reinterpret_cast<std::uintptr_t>(block) - reinterpret_cast<std::uintptr_t>(start) < size;
  };
  const std::byte* start = range_start.load(std::memory_order_relaxed);
  return lies_in(first_chunk, chunk_size) || (start != nullptr && lies_in(start, range_size));
}

} // namespace

void* operator new(std::size_t size) {
  if (size > largest) {
    return from_malloc(size);
  }
  const std::size_t grains = size == 0 ? 1 : (size + grain - 1) / grain;
  if (FreeBlock* block = pool.free[grains]) {
    pool.free[grains] = block->next;
    return block;
  }
  const std::size_t bytes = grains * grain;
  if (static_cast<std::size_t>(pool.end - pool.at) < bytes && !take_chunk()) {
    return from_malloc(size);
  }
  std::byte* block = pool.at;
  pool.at += bytes;
  return block;
}

void operator delete(void* block, std::size_t size) noexcept {
  if (size > largest || !is_in_range(block)) {
    std::free(block);
    return;
  }
  const std::size_t grains = size == 0 ? 1 : (size + grain - 1) / grain;
  pool.free[grains] = new (block) FreeBlock{pool.free[grains]};
}

void operator delete(void* block) noexcept {
  if (!is_in_range(block)) {
    std::free(block);
  }
}

void* operator new[](std::size_t size) {
  return operator new(size);
}
void operator delete[](void* block, std::size_t size) noexcept {
  operator delete(block, size);
}
void operator delete[](void* block) noexcept {
  operator delete(block);
}

#endif
