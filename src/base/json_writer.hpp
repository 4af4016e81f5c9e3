#pragma once

#include "base/names.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace pare {

/// Writes members of objects and arrays, with commas between them. A report has tens of thousands
/// of them, so nothing is built first: everything goes straight to the end of one string.
class JsonWriter {
public:
  std::string out;

  void open(char bracket) {
    out += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out += bracket;
    first_ = false;
  }
  /// Begins the next element; on a line of its own if asked.
  void next(bool line = false) {
    if (!first_) {
      out += ',';
    }
    if (line) {
      out += "\n  ";
    }
    first_ = false;
  }
  void key(std::string_view name) {
    next();
    out += '"';
    out += name;
    out += "\":";
  }
  void string(std::string_view text) {
    out += '"';
    append_json(out, text);
    out += '"';
  }
  void member(std::string_view name, std::string_view text) {
    key(name);
    string(text);
  }
  /// A member that is an array or object: to be closed.
  void open(std::string_view name, char bracket) {
    key(name);
    open(bracket);
  }
  /// An element that is one.
  void open_next(char bracket, bool line = false) {
    next(line);
    open(bracket);
  }
  void element(std::string_view text) {
    next();
    string(text);
  }
  /// `text` is escaped already.
  void raw_string(std::string_view name, std::string_view text) {
    key(name);
    out += '"';
    out += text;
    out += '"';
  }
  void member(std::string_view name, std::uint64_t number) {
    key(name);
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
  }

private:
  bool first_ = true;
};

} // namespace pare
