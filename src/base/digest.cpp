// The SHA256_* functions are deprecated in OpenSSL 3 in favour of EVP, which loads providers at run time and brings 5 MB of
// them into a static program. They use the same assembly.

#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/digest.hpp"

#include <array>
#include <vector>

#include <pare/error.hpp>

#include <fmt/format.h>
#include <openssl/sha.h>

namespace pare {

std::string sha256(const ByteSource& source) {
  SHA256_CTX context;
  SHA256_Init(&context);
  std::vector<std::byte> buffer(1 << 18);
  std::uint64_t offset = 0;
  while (const std::size_t count = source.read_at(offset, buffer)) {
    SHA256_Update(&context, buffer.data(), count);
    offset += count;
  }
  std::array<unsigned char, 32> digest;
  SHA256_Final(digest.data(), &context);
  std::string text;
  for (const unsigned char byte : digest) {
    text += fmt::format("{:02x}", byte);
  }
  return text;
}

} // namespace pare
