#pragma once
// Failure is an exception, a finding is data (a missing library, a warning): findings go into the
// closure. Two places catch: the examination of a file (a damaged library becomes a warning) and
// main(), which turns the class into the exit code of the contract.

#include <stdexcept>
#include <string>

namespace pare {

class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The command line or the config file is wrong: exit 2.
class UsageError : public Error {
public:
  using Error::Error;
};

/// An input cannot be read, or is not what it claims to be: exit 3. The text names the input as the
/// user wrote it.
class InputError : public Error {
public:
  using Error::Error;
};

/// An output cannot be written: exit 4. The text names the output.
class OutputError : public Error {
public:
  using Error::Error;
};

/// Ctrl-C, or SIGTERM: exit 130, after what was half written has been taken away.
class Interrupted : public Error {
public:
  Interrupted() : Error("interrupted") {}
};

} // namespace pare
