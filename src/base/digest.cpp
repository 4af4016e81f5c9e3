// The SHA256_* functions are deprecated in OpenSSL 3 in favour of EVP, which loads providers at run
// time and brings 5 MB of them into a static program. They use the same assembly.

#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/digest.hpp"

#include "base/bytes.hpp"
#include "base/interrupt.hpp"

#include <openssl/sha.h>

#include <array>
#include <mutex>
#include <vector>

#if defined(__x86_64__)
// A static libcrypto asks the processor for its features in a constructor, by CPUID, which costs 50
// us in a virtual machine, in every run. This takes the place of that function (crypto/cpuid.c);
// sha256() asks instead. In a dynamic program the library keeps its own.
extern "C" {
unsigned int OPENSSL_ia32cap_P[4];
std::uint64_t OPENSSL_ia32_cpuid(unsigned int* features) __attribute__((weak));
void OPENSSL_cpuid_setup(void);
void OPENSSL_cpuid_setup(void) {}
}
#endif

namespace pare {
namespace {

/// Several threads may hash at a time.
void know_the_processor() {
#if defined(__x86_64__)
  static std::once_flag once;
  std::call_once(once, [] {
    if (OPENSSL_ia32cap_P[0] == 0 && OPENSSL_ia32_cpuid != nullptr) {
      const std::uint64_t first = OPENSSL_ia32_cpuid(OPENSSL_ia32cap_P);
      OPENSSL_ia32cap_P[0] =
          static_cast<unsigned int>(first) | 1u << 10; // as OPENSSL_cpuid_setup() leaves them
      OPENSSL_ia32cap_P[1] = static_cast<unsigned int>(first >> 32);
    }
  });
#endif
}

SHA256_CTX* context(std::array<std::byte, 128>& state) {
  static_assert(sizeof(SHA256_CTX) <= 128 && alignof(SHA256_CTX) <= 8);
  return reinterpret_cast<SHA256_CTX*>(state.data());
}

std::string hex(std::span<const unsigned char> bytes) {
  std::string text;
  for (const unsigned char byte : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 0xf];
  }
  return text;
}

/// Calls `take` with the pieces of a file, in order.
template <typename Take> void for_each_piece(const ByteSource& source, const Take& take) {
  std::vector<std::byte> buffer(1 << 18);
  std::uint64_t offset = 0;
  while (const std::size_t count = source.read_at(offset, buffer)) {
    check_interrupt();
    take(std::span<const std::byte>(buffer).first(count));
    offset += count;
  }
}

} // namespace

Sha256::Sha256() {
  know_the_processor();
  SHA256_Init(context(state_));
}

void Sha256::update(std::span<const std::byte> bytes) {
  SHA256_Update(context(state_), bytes.data(), bytes.size());
}

std::string Sha256::finish() {
  std::array<unsigned char, 32> digest;
  SHA256_Final(digest.data(), context(state_));
  return hex(digest);
}

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(bytes)));
  return hash.finish();
}

std::string sha256(const ByteSource& source) {
  Sha256 hash;
  for_each_piece(source, [&](std::span<const std::byte> piece) { hash.update(piece); });
  return hash.finish();
}

std::string sha1(const ByteSource& source) {
  know_the_processor();
  SHA_CTX state;
  SHA1_Init(&state);
  for_each_piece(source, [&](std::span<const std::byte> piece) {
    SHA1_Update(&state, piece.data(), piece.size());
  });
  std::array<unsigned char, 20> digest;
  SHA1_Final(digest.data(), &state);
  return hex(digest);
}

std::string sha1(std::string_view bytes) {
  return sha1(MemoryBytes(std::string(bytes)));
}

} // namespace pare
