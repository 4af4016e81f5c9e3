#pragma once

#include "outputs/bill.hpp"

namespace pare {

/// CycloneDX 1.6 as JSON (cyclonedx.org/docs/1.6/json). `created`: seconds since the epoch;
/// `version`: pare's own.
std::string to_cyclonedx(const Bill& bill,
                         const Report& report,
                         std::int64_t created,
                         const std::string& version);

} // namespace pare
