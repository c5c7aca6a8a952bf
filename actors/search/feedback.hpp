#pragma once

#include <cstddef>
#include <vector>

#include "actors/search/query.hpp"
#include "storage/backend.hpp"

namespace troupe::actors::search {

/// What the best hits have in common that the query doesn't say: pseudo-relevance feedback. Two people describe one
/// fault in different words, but its solved tickets share those of the solution.
/// @param hits best first; the first `documents` of them lend
/// @param most words lent; each weighs `weight` times how much the lending hits agree on it
std::vector<storage::text_query::term> lent_words(const std::vector<storage::ticket_hit>& hits, std::size_t documents,
                                                  const std::vector<query_word>& query, std::size_t most,
                                                  double weight);

} // namespace troupe::actors::search
