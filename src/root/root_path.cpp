#include <pare/root.hpp>

namespace pare {

RootPath RootPath::trusted(std::string text) {
  RootPath path;
  path.text_ = std::move(text);
  return path;
}

RootPath RootPath::lexical(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t slash = text.find('/');
    const std::string_view part = text.substr(0, slash);
    text = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
    if (part == "..") {
      clean.resize(clean.empty() ? 0 : clean.rfind('/'));
    } else if (!part.empty() && part != ".") {
      clean += '/';
      clean += part;
    }
  }
  return trusted(clean.empty() ? "/" : std::move(clean));
}

std::string_view RootPath::name() const {
  return std::string_view(text_).substr(text_.rfind('/') + 1);
}

RootPath RootPath::parent() const {
  const std::size_t slash = text_.rfind('/');
  return slash == 0 ? RootPath() : trusted(text_.substr(0, slash));
}

RootPath RootPath::operator/(std::string_view name) const {
  std::string text;
  text.reserve(text_.size() + 1 + name.size());
  if (!is_root()) {
    text = text_;
  }
  text += '/';
  text += name;
  return trusted(std::move(text));
}

bool RootPath::is_in(const RootPath& other) const {
  return other.is_root() ||
         (text_.starts_with(other.text_) &&
          (text_.size() == other.text_.size() || text_[other.text_.size()] == '/'));
}

} // namespace pare
