#pragma once
// rpm headers, and an SQLite database that holds them, made by hand.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pare::test {

struct RpmSpec {
  std::string name, version, release, architecture, source_rpm;
  std::uint32_t epoch = 0; ///< 0: none.
  std::vector<std::string> provides, requires_;
  std::vector<std::string> folders;                         ///< Each with its slash at the end.
  std::vector<std::pair<std::uint32_t, std::string>> files; ///< Number of the folder, name.
  std::vector<char> states;                                 ///< Empty: no such tag.
};

inline void put_big(std::string& out, std::uint64_t value, unsigned width) {
  for (unsigned i = width; i-- > 0;) {
    out += static_cast<char>(value >> 8 * i & 0xff);
  }
}

inline std::string build_rpm_header(const RpmSpec& spec) {
  std::string index, data;
  std::uint32_t entries = 0;
  const auto entry = [&](std::uint32_t tag, std::uint32_t type, std::size_t count) {
    if (type == 4) { // numbers are aligned
      data.resize((data.size() + 3) / 4 * 4);
    }
    put_big(index, tag, 4);
    put_big(index, type, 4);
    put_big(index, data.size(), 4);
    put_big(index, count, 4);
    ++entries;
  };
  const auto text = [&](std::uint32_t tag, const std::string& value) {
    if (!value.empty()) {
      entry(tag, 6, 1);
      data += value + '\0';
    }
  };
  const auto texts = [&](std::uint32_t tag, const std::vector<std::string>& values) {
    if (!values.empty()) {
      entry(tag, 8, values.size());
      for (const std::string& value : values) {
        data += value + '\0';
      }
    }
  };
  text(1000, spec.name);
  text(1001, spec.version);
  text(1002, spec.release);
  if (spec.epoch != 0) {
    entry(1003, 4, 1);
    put_big(data, spec.epoch, 4);
  }
  text(1022, spec.architecture);
  if (!spec.states.empty()) {
    entry(1029, 1, spec.states.size());
    data.append(spec.states.begin(), spec.states.end());
  }
  text(1044, spec.source_rpm);
  texts(1047, spec.provides);
  texts(1049, spec.requires_);
  std::vector<std::string> names;
  for (const auto& [folder, name] : spec.files) {
    names.push_back(name);
  }
  if (!names.empty()) {
    entry(1116, 4, names.size());
    for (const auto& [folder, name] : spec.files) {
      put_big(data, folder, 4);
    }
  }
  texts(1117, names);
  texts(1118, spec.folders);
  std::string out;
  put_big(out, entries, 4);
  put_big(out, data.size(), 4);
  return out + index + data;
}

/// Pages of 4096 bytes: the schema, the root of the table Packages, a leaf for each header,
/// overflow pages.
inline std::string build_rpm_database(const std::vector<std::string>& headers) {
  constexpr std::size_t page_size = 4096, most = page_size - 35,
                        least = (page_size - 12) * 32 / 255 - 23;
  const auto varint = [](std::uint64_t value) {
    std::string out(1, static_cast<char>(value & 0x7f));
    while ((value >>= 7) != 0) {
      out.insert(out.begin(), static_cast<char>(0x80 | (value & 0x7f)));
    }
    return out;
  };
  const auto record = [&](const std::vector<std::pair<std::uint64_t, std::string>>& columns) {
    std::string types, body;
    for (const auto& [type, bytes] : columns) {
      types += varint(type);
      body += bytes;
    }
    return varint(types.size() + 1) + types + body;
  };
  const auto text = [](const std::string& value) {
    return std::pair<std::uint64_t, std::string>(value.size() * 2 + 13, value);
  };
  std::vector<std::string> pages(2);
  const auto leaf = [&](const std::string& payload, std::uint64_t row, std::size_t before) {
    std::size_t local = payload.size();
    if (local > most) {
      local = least + (payload.size() - least) % (page_size - 4);
      local = local > most ? least : local;
    }
    std::string cell = varint(payload.size()) + varint(row) + payload.substr(0, local);
    std::string rest = payload.substr(local);
    if (!rest.empty()) {
      put_big(cell, pages.size() + 1, 4);
      while (!rest.empty()) {
        std::string page;
        const std::string now = rest.substr(0, page_size - 4);
        rest.erase(0, now.size());
        put_big(page, rest.empty() ? 0 : pages.size() + 2, 4);
        page += now;
        page.resize(page_size);
        pages.push_back(page);
      }
    }
    std::string page(before, '\0');
    page += '\x0d';
    put_big(page, 0, 2);
    put_big(page, 1, 2);
    put_big(page, page_size - cell.size(), 2);
    page += '\0';
    put_big(page, page_size - cell.size(), 2);
    page.resize(page_size - cell.size());
    return page + cell;
  };

  std::string root = "\x05";
  std::string cells, pointers;
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const std::string& header = headers[i];
    const std::string page = leaf(record({{0, ""}, {header.size() * 2 + 12, header}}), i + 1, 0);
    pages.push_back(page);
    last = pages.size();
    if (i + 1 < headers.size()) {
      std::string cell;
      put_big(cell, last, 4);
      cell += varint(i + 1);
      cells = cell + cells;
      put_big(pointers, page_size - cells.size(), 2);
    }
  }
  put_big(root, 0, 2);
  put_big(root, headers.empty() ? 0 : headers.size() - 1, 2);
  put_big(root, page_size - cells.size(), 2);
  root += '\0';
  put_big(root, last, 4);
  root += pointers;
  root.resize(page_size - cells.size());
  pages[1] = root + cells;
  std::string schema = leaf(record({text("table"),
                                    text("Packages"),
                                    text("Packages"),
                                    {1, "\x02"},
                                    text("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY "
                                         "AUTOINCREMENT, blob BLOB NOT NULL)")}),
                            1,
                            100);
  std::string start = std::string("SQLite format 3\0", 16);
  put_big(start, page_size, 2);
  start += std::string("\x02\x02\0\x40\x20\x20", 6); // write-ahead log, no reserved bytes
  schema.replace(0, start.size(), start);
  pages[0] = schema;
  std::string out;
  for (const std::string& page : pages) {
    out += page;
  }
  return out;
}

} // namespace pare::test
