#include "outputs/paths.hpp"

#include "base/names.hpp"

#include <set>

namespace pare {

std::string path_list(const Report& report, char separator) {
  std::set<std::string_view> places;
  for (const ReportFile& file : report.files) {
    places.insert(file.destination().text());
  }
  std::string out;
  for (const std::string_view place : places) {
    out += separator == '\0' ? std::string(place) : shown(place);
    out += separator;
  }
  return out;
}

} // namespace pare
