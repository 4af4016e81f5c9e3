// Pages are numbered from 1. A table is a B-tree of pages: interior pages point to others, leaf
// pages hold the rows. What does not fit into a leaf goes on in a chain of overflow pages (section
// numbers are those of sqlite.org/fileformat2.html).

#include "formats/sqlite_table.hpp"

#include "base/bytes.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace pare {
namespace {

constexpr std::string_view magic("SQLite format 3\0", 16);
constexpr unsigned deepest = 20;        // SQLite 3.40, src/btreeInt.h, BTCURSOR_MAX_DEPTH
constexpr unsigned most_columns = 2000; // its default SQLITE_MAX_COLUMN

using Take = std::function<bool(const std::vector<SqliteValue>&)>;

/// Cuts a number off the front of `bytes`: seven bits a byte, the high bit says that more follow,
/// and a ninth byte counts whole (1.6).
std::uint64_t take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 9; ++i) {
    if (i >= bytes.size()) {
      throw InputError("SQLite: a number is cut short");
    }
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i == 8) {
      bytes.remove_prefix(9);
      return value << 8 | byte;
    }
    value = value << 7 | (byte & 0x7fu);
    if ((byte & 0x80u) == 0) {
      bytes.remove_prefix(i + 1);
      return value;
    }
  }
  return value;
}

/// Of 0 to 8 bytes, big-endian, signed.
std::int64_t signed_number(std::string_view bytes) {
  std::uint64_t value = !bytes.empty() && static_cast<signed char>(bytes.front()) < 0 ? ~0ull : 0;
  for (const char byte : bytes) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return static_cast<std::int64_t>(value);
}

/// Splits a row into columns (2.1).
std::vector<SqliteValue> read_row(std::string_view payload) {
  std::string_view types = payload;
  const std::uint64_t header = take_varint(types);
  const std::uint64_t used = payload.size() - types.size();
  if (header < used || header > payload.size()) {
    throw InputError("SQLite: the header of a row lies outside of it");
  }
  types = types.substr(0, header - used);
  std::string_view body = payload.substr(header);
  std::vector<SqliteValue> columns;
  while (!types.empty() && columns.size() < most_columns) {
    using enum SqliteValue::Kind;
    const std::uint64_t type = take_varint(types);
    static constexpr std::uint64_t sizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
    const std::uint64_t size = type < 12 ? sizes[type] : (type - 12) / 2;
    if (size > body.size()) {
      throw InputError("SQLite: a column lies outside of its row");
    }
    SqliteValue& value = columns.emplace_back();
    if (type >= 12) {
      value.kind = type % 2 == 0 ? blob : text;
      value.bytes = body.substr(0, size);
    } else if (type != 0) {
      value.kind = number;
      value.number = type == 7   ? 0
                     : type >= 8 ? static_cast<std::int64_t>(type - 8)
                                 : signed_number(body.substr(0, size));
    }
    body.remove_prefix(size);
  }
  return columns;
}

class Tree {
public:
  explicit Tree(std::string_view file) : file_(file), left_(file.size()) {
    if (file.size() < 100 || !file.starts_with(magic)) {
      throw InputError("is no SQLite database");
    }
    page_size_ = load_unsigned(file.substr(16, 2), 2, true); // 1.3.2
    page_size_ = page_size_ == 1 ? 65536 : page_size_;
    const std::uint64_t reserved = static_cast<unsigned char>(file[20]);
    if (page_size_ < 512 || (page_size_ & (page_size_ - 1)) != 0 || page_size_ - reserved < 480) {
      throw InputError("SQLite: a page size that is none");
    }
    usable_ = page_size_ - reserved;
    seen_.resize(file.size() / page_size_ + 1);
  }

  /// False: `take` wanted no more.
  bool read(std::uint64_t number, const Take& take, unsigned depth = 0) {
    const std::string_view whole = page(number);
    if (depth == deepest || seen_[number - 1]) {
      throw InputError("SQLite: the pages of a table are no tree");
    }
    seen_[number - 1] = true;
    const std::string_view header = whole.substr(number == 1 ? 100 : 0); // the file's own header
    const bool is_leaf = header[0] == 0x0d;
    if (!is_leaf && header[0] != 0x05) {
      throw InputError(fmt::format("SQLite: page {} is no page of a table", number));
    }
    const std::uint64_t cells = load_unsigned(header.substr(3, 2), 2, true);
    const std::uint64_t pointers = is_leaf ? 8 : 12;
    if (pointers + cells * 2 > header.size()) {
      throw InputError(fmt::format("SQLite: page {} has more cells than there is room", number));
    }
    for (std::uint64_t i = 0; i < cells; ++i) {
      const std::uint64_t at = load_unsigned(header.substr(pointers + i * 2, 2), 2, true);
      if (at + 4 > whole.size()) {
        throw InputError(fmt::format("SQLite: a cell lies outside of page {}", number));
      }
      const std::string_view cell = whole.substr(at);
      if (!(is_leaf ? take(read_row(payload(cell)))
                    : read(load_unsigned(cell.substr(0, 4), 4, true), take, depth + 1))) {
        return false;
      }
    }
    return is_leaf || read(load_unsigned(header.substr(8, 4), 4, true), take, depth + 1);
  }

private:
  std::string_view page(std::uint64_t number) const {
    if (number == 0 || number > file_.size() / page_size_) {
      throw InputError(fmt::format("SQLite: page {} lies outside of the file", number));
    }
    return file_.substr((number - 1) * page_size_, usable_);
  }

  /// A leaf's cell: size, row number, the first bytes, and the number of the page where they go on
  /// (1.6). The view is valid until the next call.
  std::string_view payload(std::string_view cell) {
    const std::uint64_t size = take_varint(cell);
    take_varint(cell);
    if (size > left_) {
      throw InputError("SQLite: the rows are larger than the file");
    }
    left_ -= size;
    const std::uint64_t most = usable_ - 35, least = (usable_ - 12) * 32 / 255 - 23;
    std::uint64_t local = size;
    if (size > most) {
      local = least + (size - least) % (usable_ - 4);
      local = local > most ? least : local;
    }
    if (local + (local < size ? 4 : 0) > cell.size()) {
      throw InputError("SQLite: a row lies outside of its page");
    }
    if (local == size) {
      return cell.substr(0, size);
    }
    row_.assign(cell.substr(0, local));
    std::uint64_t next = load_unsigned(cell.substr(local, 4), 4, true);
    while (row_.size() < size) {
      const std::string_view more = page(next);
      next = load_unsigned(more.substr(0, 4), 4, true);
      row_.append(more.substr(4, size - row_.size()));
    }
    return row_;
  }

  std::string_view file_;
  std::uint64_t page_size_ = 0;
  std::uint64_t usable_ = 0;
  std::uint64_t left_;
  std::vector<bool> seen_;
  std::string row_;
};

} // namespace

void read_sqlite_table(std::string_view file, std::string_view table, const Take& take) {
  // The schema is itself a table, rooted in page 1: type, name, tbl_name, rootpage, sql (2.6).
  std::optional<std::int64_t> root;
  Tree(file).read(1, [&](const std::vector<SqliteValue>& row) {
    if (row.size() >= 4 && row[0].bytes == "table" && row[1].bytes == table) {
      root = row[3].number;
    }
    return !root;
  });
  if (!root) {
    throw InputError(fmt::format("has no table {}", table));
  }
  Tree(file).read(static_cast<std::uint64_t>(*root), take);
}

} // namespace pare
