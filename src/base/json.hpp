#pragma once
// JSON texts as values. Hostile ones are refused with a bound on depth before they cost anything.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pare {

class Json;
using JsonList = std::vector<Json>;
using JsonMember = std::pair<std::string, Json>;
using JsonObject = std::vector<JsonMember>; ///< In the order of the text; of two members with one
                                            ///< name the last counts.

/// One JSON value. Questions about the wrong type, or about what is not there, answer with nothing
/// instead of throwing: facts are read from files of others, and what is not as expected is as good
/// as absent.
class Json {
public:
  Json() = default;
  template <typename T> explicit Json(T value) : value_(std::move(value)) {}

  bool is_null() const { return value_.index() == 0; }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_list() const { return std::holds_alternative<JsonList>(value_); }
  bool is_object() const { return std::holds_alternative<JsonObject>(value_); }

  /// A string's text; empty for anything else.
  const std::string& text() const;
  /// A number as a whole one; `otherwise` for anything else, and for one with a fraction or out of
  /// range.
  std::int64_t number(std::int64_t otherwise = 0) const;
  bool truth(bool otherwise = false) const;
  /// A list's values; empty for anything else.
  const JsonList& list() const;
  /// An object's members; empty for anything else.
  const JsonObject& members() const;
  /// The member of that name; a null value when there is none.
  const Json& operator[](std::string_view name) const;

  /// Appends it as text, without blanks; strings as append_json() has them.
  void append_to(std::string& out) const;

private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, JsonList, JsonObject>
      value_;
};

/// Throws InputError "not JSON: … at byte N" (without the file's name) for what is no JSON text,
/// and for one that is nested deeper than 200 levels. Duplicate names and numbers of any size are
/// no error.
Json parse_json(std::string_view text);

} // namespace pare
