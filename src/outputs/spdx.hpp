#pragma once

#include "outputs/bill.hpp"

namespace pare {

/// SPDX 2.3 as JSON (spdx.github.io/spdx-spec/v2.3). `created`: seconds since the epoch; `version`:
/// pare's own. Reads every file once more: SPDX wants SHA-1. Throws InputError when one cannot be
/// read.
std::string to_spdx(const Bill& bill,
                    const Report& report,
                    const Root& root,
                    std::int64_t created,
                    const std::string& version);

} // namespace pare
