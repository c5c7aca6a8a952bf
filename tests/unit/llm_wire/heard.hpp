#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/llm/reply_stream.hpp"

namespace troupe::testing {

/// What came of a stream.
struct heard {
  std::vector<std::string> pieces;
  std::optional<net::llm::chat_result> result;
  std::vector<net::http::uptake> uptakes;

  std::string text() const {
    std::string all;
    for (const auto& piece : pieces)
      all += piece;
    return all;
  }
  const net::llm::chat_reply& reply() const {
    return std::get<net::llm::chat_reply>(result.value());
  }
  const net::llm::chat_failure& failure() const {
    return std::get<net::llm::chat_failure>(result.value());
  }
};

/// A stream given in these pieces, to its end.
/// @param cut why it broke off
template <class Stream>
heard read_stream(const std::vector<std::string>& pieces, const std::optional<net::http::call_failure>& cut = {}) {
  heard result;
  net::llm::streamed_reply reply{"asked-for", [&](std::string_view text) { result.pieces.emplace_back(text); },
                                 [&](net::llm::chat_result r) { result.result = std::move(r); }};
  Stream stream{config::secret{"sk-secret"}, reply};
  for (const auto& piece : pieces) {
    result.uptakes.push_back(stream.put(piece));
    if (result.uptakes.back() == net::http::uptake::enough)
      break;
  }
  stream.end(cut ? &*cut : nullptr);
  return result;
}

} // namespace troupe::testing
