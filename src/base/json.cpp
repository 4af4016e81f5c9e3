#include "base/json.hpp"

#include "base/names.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pare {
namespace {

constexpr std::size_t deepest = 200;

/// Builds the value bottom up from the parser's events. nlohmann's own values would cost a second
/// copy, and are freed by recursion, however deep.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
public:
  bool null() override { return put(Json()); }
  bool boolean(bool value) override { return put(Json(value)); }
  bool number_integer(std::int64_t value) override { return put(Json(value)); }
  bool number_unsigned(std::uint64_t value) override {
    return value <= INT64_MAX ? put(Json(static_cast<std::int64_t>(value)))
                              : put(Json(static_cast<double>(value)));
  }
  bool number_float(double value, const std::string&) override { return put(Json(value)); }
  bool string(std::string& value) override { return put(Json(std::move(value))); }
  bool binary(nlohmann::json::binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(false); }
  bool start_array(std::size_t) override { return open(true); }
  bool key(std::string& name) override {
    open_.back().name = std::move(name);
    return true;
  }
  bool end_object() override {
    JsonObject members = std::move(open_.back().members);
    open_.pop_back();
    return put(Json(std::move(members)));
  }
  bool end_array() override {
    JsonList values = std::move(open_.back().values);
    open_.pop_back();
    return put(Json(std::move(values)));
  }
  bool
  parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    throw InputError(fmt::format("not JSON: wrong at byte {}", position));
  }

  Json result;

private:
  struct Level {
    bool is_list = false;
    std::string name;
    JsonList values;
    JsonObject members;
  };

  bool open(bool is_list) {
    if (open_.size() == deepest) {
      throw InputError(fmt::format("JSON nested deeper than {} levels", deepest));
    }
    open_.push_back({.is_list = is_list});
    return true;
  }

  bool put(Json value) {
    if (open_.empty()) {
      result = std::move(value);
    } else if (open_.back().is_list) {
      open_.back().values.push_back(std::move(value));
    } else {
      open_.back().members.emplace_back(std::move(open_.back().name), std::move(value));
    }
    return true;
  }

  std::vector<Level> open_;
};

template <typename T> const T& none() {
  static const T empty;
  return empty;
}

} // namespace

const std::string& Json::text() const {
  const auto* value = std::get_if<std::string>(&value_);
  return value != nullptr ? *value : none<std::string>();
}

std::int64_t Json::number(std::int64_t otherwise) const {
  const auto* value = std::get_if<std::int64_t>(&value_);
  return value != nullptr ? *value : otherwise;
}

bool Json::truth(bool otherwise) const {
  const auto* value = std::get_if<bool>(&value_);
  return value != nullptr ? *value : otherwise;
}

const JsonList& Json::list() const {
  const auto* value = std::get_if<JsonList>(&value_);
  return value != nullptr ? *value : none<JsonList>();
}

const JsonObject& Json::members() const {
  const auto* value = std::get_if<JsonObject>(&value_);
  return value != nullptr ? *value : none<JsonObject>();
}

const Json& Json::operator[](std::string_view name) const {
  const JsonObject& all = members();
  for (auto member = all.rbegin(); member != all.rend(); ++member) {
    if (member->first == name) {
      return member->second;
    }
  }
  return none<Json>();
}

void Json::append_to(std::string& out) const {
  const auto put = [&out](std::string_view text) {
    out += '"';
    append_json(out, text);
    out += '"';
  };
  if (is_null()) {
    out += "null";
  } else if (const bool* truth = std::get_if<bool>(&value_)) {
    out += *truth ? "true" : "false";
  } else if (const auto* whole = std::get_if<std::int64_t>(&value_)) {
    out += fmt::format("{}", *whole);
  } else if (const double* number = std::get_if<double>(&value_)) {
    out += fmt::format("{}", *number);
  } else if (is_string()) {
    put(text());
  } else if (is_list()) {
    out += '[';
    bool is_first = true;
    for (const Json& value : list()) {
      out += is_first ? "" : ",";
      is_first = false;
      value.append_to(out);
    }
    out += ']';
  } else {
    out += '{';
    bool is_first = true;
    for (const auto& [name, value] : members()) {
      out += is_first ? "" : ",";
      is_first = false;
      put(name);
      out += ':';
      value.append_to(out);
    }
    out += '}';
  }
}

Json parse_json(std::string_view text) {
  Builder builder;
  nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return std::move(builder.result);
}

} // namespace pare
