// Runs a fuzz entry over files and folders of files, in builds without libFuzzer: the corpus is a
// test like any other.

#include "entry.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

namespace {
constexpr unsigned longest_seconds = 20; // for one input, under sanitizers on a busy machine
} // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> inputs;
  for (int i = 1; i < argc; ++i) {
    if (std::filesystem::is_directory(argv[i])) {
      for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
        inputs.push_back(entry.path());
      }
    } else {
      inputs.emplace_back(argv[i]);
    }
  }
  std::ranges::sort(inputs);
  for (const std::filesystem::path& input : inputs) {
    std::ifstream file(input, std::ios::binary);
    if (!file) {
      std::cerr << input << ": cannot be read\n";
      return 1;
    }
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    std::cerr << input.filename().string()
              << '\n'; // the last one named is the one that did not come back
    alarm(longest_seconds);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  std::cerr << inputs.size() << " inputs\n";
  return inputs.empty() ? 1 : 0; // a corpus that is not there tests nothing
}
