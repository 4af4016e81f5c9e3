#pragma once
// The rows of one table of an SQLite database (sqlite.org/fileformat2.html): what a reader of one
// file needs that asks no question. The library itself would be a third of the program.

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace pare {

/// One column of a row.
struct SqliteValue {
  enum class Kind : std::uint8_t { null, number, text, blob };
  Kind kind = Kind::null;
  std::int64_t number = 0; ///< Of an integer; 0 for a floating-point number.
  std::string_view bytes;  ///< Of a text or blob: valid during the call that it is given to.
};

/// Calls `take` with the columns of each row, in the order of row numbers, until it returns false.
/// The column that is the row number (INTEGER PRIMARY KEY) is null, as stored. A write-ahead log is
/// another file: what it holds is not seen. Throws InputError: `file` is no database, has no such
/// table, or is damaged.
///
/// Bounds: trees of 20 levels, each page of the tree once, and rows that together are no larger
/// than the file.
void read_sqlite_table(std::string_view file,
                       std::string_view table,
                       const std::function<bool(const std::vector<SqliteValue>&)>& take);

} // namespace pare
