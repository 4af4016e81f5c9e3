#pragma once
// Where results go. A file is written beside its place under another name and moved there when it
// is whole, so that a full disk, Ctrl-C or a crash of the machine never leaves half a file under
// the name that the user gave.

#include "base/descriptor.hpp"

#include <pare/error.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace pare {

/// Nobody reads the pipe any more (`| head`): no failure, main() ends quietly.
class ClosedPipe : public Error {
public:
  ClosedPipe() : Error("closed pipe") {}
};

/// Takes bytes in order. They come in large pieces (a MiB): each goes on at once.
class ByteSink {
public:
  virtual ~ByteSink() = default;
  virtual void
  write(std::span<const std::byte> bytes) = 0; ///< Throws OutputError, ClosedPipe, Interrupted.
  virtual void
  finish() = 0; ///< To be called once, after the last byte. Without it, the output did not happen.
};

/// A place for an output: the folder that holds it, opened, and its name there (one part).
struct OutputPlace {
  Descriptor folder;
  std::string name;
};

/// `destination` as the user wrote it; a symlink that stands there is followed. Throws OutputError
/// when the folder is not there, or a symlink leads nowhere.
OutputPlace locate_output(const std::string& destination);

/// A name for what is not yet whole: hidden, and new each time.
std::string temporary_name();

/// "`name`: No space left on device", of an errno value.
OutputError output_failure(const std::string& name, int error);

class OutputFile final : public ByteSink {
public:
  /// `-` and /dev/stdout are the standard output. A FIFO or a device that is there is written to
  /// directly. A regular file that is there is replaced in finish(). Throws OutputError.
  explicit OutputFile(std::string destination);
  ~OutputFile() override; ///< Without finish(), a regular file's destination is as it was.
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::span<const std::byte> bytes) override;
  void finish() override;

private:
  std::string destination_;
  OutputPlace place_;
  std::string temporary_; ///< Its name in place_.folder until it is whole; empty when it is written
                          ///< to directly.
  Descriptor own_;
  int file_ = -1; ///< own_, or the standard output.
};

} // namespace pare
