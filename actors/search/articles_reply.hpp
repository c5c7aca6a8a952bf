#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/backend.hpp"

namespace troupe::actors::search {

/// What an external knowledge base is asked.
struct article_query {
  std::string text; ///< the telling words, in their order; at most 200 bytes
  std::string key;  ///< the same for all texts that ask for the same words
};

article_query article_question(std::string_view subject, std::string_view description);

/// Reads `{"articles": [{id, title, summary, body, url}]}` or the bare array, at most `limit` of them, best first.
/// Missing fields are empty, further ones ignored; an article without title and without id is left out; addresses that
/// aren't http or https are left out; long texts are cut. Nothing when it is no such JSON.
std::optional<std::vector<storage::article_hit>> parse_articles(std::string_view body, std::size_t limit);

} // namespace troupe::actors::search
