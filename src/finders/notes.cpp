#include "finders/notes.hpp"

#include "base/json.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

namespace pare {

void NotesFinder::examine(const Subject& subject,
                          std::vector<Request>& requests,
                          std::vector<Warning>& warnings) {
  const Elf* elf = subject.file->elf();
  if (elf == nullptr) {
    return;
  }
  for (const std::string& note : elf->dlopen_notes) {
    Json entries;
    try {
      entries = parse_json(note);
    } catch (const InputError& error) {
      warnings.push_back(
          {subject.file->path.text(), fmt::format(".note.dlopen: {}", error.what())});
      continue;
    }
    for (const Json& entry : entries.list()) {
      Request request = {.kind = RequestKind::library, .reason = ReasonKind::dlopen_note};
      for (const Json& soname : entry["soname"].list()) {
        if (!soname.text().empty()) {
          request.names.push_back(soname.text());
        }
      }
      const std::string& priority = entry["priority"].text();
      if (priority == "required") {
        request.confidence = Confidence::certain;
        request.required = true;
      } else if (priority == "suggested") {
        request.confidence = Confidence::possible;
      }
      if (!request.names.empty()) {
        requests.push_back(std::move(request));
      }
    }
  }
}

} // namespace pare
