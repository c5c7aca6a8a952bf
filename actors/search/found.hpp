#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "storage/backend.hpp"

namespace troupe::actors::search {

struct question;

/// What the first search of a request makes of its text. The others wait for it, and use it too.
struct asked_once {
  std::once_flag first;
  std::shared_ptr<const question> result;
};

/// What a new ticket says, for all three searches. Made once per job; they share it or copies of it, which differ in
/// nothing but their limit.
struct request {
  std::string tenant;
  std::string subject;
  std::string description;
  std::size_t limit = 5; ///< results at most; 1 to 50
  std::shared_ptr<asked_once> asked = std::make_shared<asked_once>();
};

/// How a source answered. Time-outs and sources that are off are the asker's to note.
enum class source_status : std::uint8_t {
  /// At least one result.
  ok,
  /// The source was asked and has nothing fitting.
  empty,
  /// The source is down; these are earlier results of the same question.
  cached,
  /// The source is down and there are no earlier results; `error` says why.
  failed,
};

std::string_view to_string(source_status status);

/// Solved tickets that resemble the new one, best first.
struct tickets_found {
  source_status status = source_status::empty;
  std::vector<storage::ticket_hit> hits;
  std::string error; ///< without ticket text
};

/// Articles that may help, best first.
struct articles_found {
  source_status status = source_status::empty;
  std::vector<storage::article_hit> hits;
  std::string error;
};

/// An address of the text and the inventory's entry for it.
struct asset_hit {
  std::string address; ///< canonical
  storage::asset asset;
};

/// Inventory entries of the addresses that the text names, in the text's order.
struct assets_found {
  source_status status = source_status::empty;
  std::vector<asset_hit> hits;
  std::vector<std::string> unknown; ///< addresses of the text that the inventory doesn't have
  std::string error;
};

using request_ptr = std::shared_ptr<const request>;

} // namespace troupe::actors::search
