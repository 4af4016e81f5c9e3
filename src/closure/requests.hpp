#pragma once
// What finders ask for is looked up, taken, and shown to them in turn, until nothing new turns up.

#include "closure/start.hpp"
#include "finders/finder.hpp"

namespace pare {

/// Runs the finders that options.hints names over the graph, and adds what they ask for. `own`:
/// files that the user named, or that lie in what the user included.
void follow_requests(Files& files,
                     const Options& options,
                     Graph& graph,
                     Starter& starter,
                     const std::unordered_set<const Examined*>& own);

} // namespace pare
