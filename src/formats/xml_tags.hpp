#pragma once
// The tags of a small XML document in order, for manifests and configuration files: no entity is
// defined or fetched, no document type is looked at, text between tags is passed over.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pare {

struct XmlTag {
  std::string name;    ///< Without its namespace's prefix: "assemblyIdentity".
  bool opens = true;   ///< `<a>` and `<a/>`.
  bool closes = false; ///< `</a>` and `<a/>`.
  std::vector<std::pair<std::string, std::string>> attributes; ///< In order, entities resolved.

  /// The first attribute of that name, without prefix; empty: none.
  std::string_view attribute(std::string_view name) const;

  bool operator==(const XmlTag&) const = default;
};

/// All tags of UTF-8 or UTF-16 text; a document that breaks off gives those up to there. Comments,
/// CDATA sections and processing instructions are none. Never throws for what the text says; linear
/// in its length; at most 65,536 tags.
std::vector<XmlTag> read_xml_tags(std::string_view text);

} // namespace pare
