// Any bytes as a recording of `pare trace` or a log of strace(1).

#include "formats/recording.hpp"

#include "base/names.hpp"
#include "entry.hpp"

#include <pare/error.hpp>

#include <set>
#include <string>

using namespace pare;
using test::promise;

namespace {

/// As `pare trace` would write it.
std::string written(const std::vector<TracedUse>& uses) {
  std::string text;
  for (const TracedUse& use : uses) {
    text += R"({"path":")";
    append_json(text, use.path);
    text += R"(","op":")";
    text += word_of(use.operation);
    text += "\",\"pid\":1}\n";
  }
  return text;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Recording recording;
  try {
    recording = read_recording(test::text_of(data, size), "/work");
  } catch (const InputError&) {
    return 0;
  }
  promise(recording.faults.size() <= 10, "ten faults are told at most");
  std::set<TracedUse> once;
  for (const TracedUse& use : recording.uses) {
    promise(use.path.starts_with('/'), "paths are absolute");
    promise(once.insert(use).second, "each fact is there once");
  }
  if (!recording.uses.empty()) {
    const Recording again = read_recording(written(recording.uses), "/work");
    promise(again.faults.empty() && again.uses == recording.uses, "what is written is read back");
  }
  return 0;
}
