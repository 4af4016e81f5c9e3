#pragma once
// A runtime stage of a Dockerfile, as it stands at the end of one.

#include "outputs/copy_list.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pare {

struct Stage {
  bool is_for_windows = false;    ///< The escape character is a backtick: paths hold backslashes.
  std::string title;              ///< "/usr/bin/git and all it needs: 5 files, 6.3 MiB".
  std::vector<std::string> notes; ///< Comments at the top: what the base brings, why it was chosen.
  std::string builder; ///< Stage style root: all lines of the stage in front of it. Else empty.
  std::string base = "scratch";     ///< Of its FROM line.
  std::string copies;               ///< COPY lines.
  std::vector<std::string> folders; ///< To be made.
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<std::string> ports;
  std::string user;
  std::string workdir;
  std::string stop_signal;
  std::string healthcheck; ///< What follows the word in its line: "--retries=3 CMD [...]".
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
};

std::string stage_text(const Stage& stage);

} // namespace pare
