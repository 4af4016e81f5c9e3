#pragma once

#include <pare/root.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace pare {

/// SHA-256 of bytes that come piece by piece.
class Sha256 {
public:
  Sha256();
  void update(std::span<const std::byte> bytes);
  /// 64 hex digits in lower case. To be called once.
  std::string finish();

private:
  alignas(8) std::array<std::byte, 128> state_; ///< OpenSSL's SHA256_CTX.
};

/// 64 hex digits in lower case.
std::string sha256(std::string_view bytes);

/// 40 hex digits: SPDX asks for SHA-1 of files. Throws as sha256() does.
std::string sha1(const ByteSource& source);
std::string sha1(std::string_view bytes);

/// The same of a whole file. Throws InputError when it cannot be read, Interrupted.
std::string sha256(const ByteSource& source);

} // namespace pare
