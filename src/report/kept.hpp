#pragma once
// A whole answer kept between runs: the report, and all that the root was asked on the way to it.
// As long as the root answers the same, so does pare.

#include <pare/resolve.hpp>

#include <functional>

namespace pare {

/// The report that `make` gives for the root; or the one that it gave in an earlier run for the
/// same options, when the root was the same in all that matters. Without options.cache_folder, with
/// folders of rules, and without finders (what is kept would take longer to check than to make) it
/// is always made.
Report kept_report(const Root& root,
                   const Options& options,
                   const std::function<Report(const Root&)>& make);

} // namespace pare
