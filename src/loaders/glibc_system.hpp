#pragma once
// What one glibc ld.so has built in and what it reads before it looks for the first library; and
// what is found once for all programs that it loads. The replay of a start is in glibc.cpp.

#include "base/flat_set.hpp"
#include "formats/ld_so_cache.hpp"
#include "loaders/answer.hpp"
#include "loaders/machines.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pare {

/// A folder that is searched, with what is known of its subfolders for CPUs.
struct SearchFolder {
  std::string text;        ///< As it is put before a name: no slash at its end. Empty for "/".
  std::string said;        ///< The same, for messages.
  bool is_known = false;   ///< Whether the following have been looked for.
  bool has_levels = false; ///< There is a glibc-hwcaps in it.
  bool has_legacy = false; ///< There is a legacy subfolder in it: "tls", "haswell"...
};

/// What a search through cache and built-in folders gave, on the baseline CPU: the same for every
/// object that names no folders of its own.
struct PlainSearch {
  Answer answer;
  std::string opened_as;
  bool saw_levels = false;
  bool used_configured = false;
  bool needs_cache = false;
};

class GlibcSystem {
public:
  /// `interpreter` may be null: then its machine's usual folders are assumed. `files` must outlive
  /// this.
  GlibcSystem(Files& files, const Examined* interpreter, const ElfMachine& machine);

  /// The one object of a folder, as fillin_rpath (elf/dl-load.c) would have it: without slashes at
  /// its end.
  SearchFolder* search_folder(std::string_view text);
  void look_for_subfolders(SearchFolder& folder);

  /// /etc/ld.so.cache, read when it is first asked for; null: there is none, or it is damaged.
  /// Where there is none, the folders of ld.so.conf(5) are read instead, as ldconfig would:
  /// `configured`.
  const LdSoCache* the_cache();

  /// elf/dl-version.c, match_symbol: adds what `file` requires of `library`, by the name `needs`
  /// has, and the library does not define.
  void check_versions(const Examined& file,
                      const Examined& library,
                      std::span<const VersionNeed> needs,
                      std::vector<MissingVersion>& missing);

  Files& files;
  const Examined* interpreter;
  const Machine& machine;
  std::vector<std::string> system_folders; ///< With a slash at the end, as built in.
  std::vector<SearchFolder*> default_folders;
  std::string lib; ///< What $LIB means.
  std::string cache_path = "/etc/ld.so.cache";
  const Found* cache_way = nullptr;
  std::string cache_damage;
  std::vector<SearchFolder*> configured;
  std::vector<std::string> preload_names; ///< Of /etc/ld.so.preload; answers view them.
  const Found* preload_way = nullptr;

  std::unordered_map<std::string_view, PlainSearch> plain_searches;
  std::deque<std::string> kept; ///< Made-up names that answers view.

private:
  void read_loader();
  void read_preload_file();
  void read_conf(const std::string& path, int depth);
  void include_conf(const std::string& pattern, int depth);

  bool has_levels_ = true; // glibc 2.33 and newer
  bool has_legacy_ = true; // before glibc 2.37
  std::unordered_map<std::string, SearchFolder> folders_;
  struct OpenedCache {
    explicit OpenedCache(std::shared_ptr<const ByteSource> opened)
        : bytes(std::move(opened)), table(*bytes) {}
    std::shared_ptr<const ByteSource> bytes;
    LdSoCache table;
  };
  std::shared_ptr<const OpenedCache> cache_; ///< Shared with the thread that reads ahead.
  bool cache_read_ = false;
  FlatSet version_fits_; ///< Files and libraries: all that the one requires, the other defines.
};

/// The parts of a text between separators, empty ones included.
std::vector<std::string_view> split_at(std::string_view text, std::string_view separators);

} // namespace pare
