#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.hpp"
#include "net/json/reader.hpp"
#include "net/webhook/delivery.hpp"

namespace troupe::net::webhook {

/// Gathers the faults of fields, the first 32.
class field_faults {
public:
  static constexpr std::size_t limit = 32;

  explicit field_faults(std::vector<http::field_error>& out) : out_{out} {}

  void add(std::string pointer, std::string message);

private:
  std::vector<http::field_error>& out_;
};

/// What a text may be.
struct text_rule {
  std::size_t longest = 0; ///< characters; the shortest is always 1
  bool is_id = false;      ///< no white space at its ends, no control characters of any kind
  bool has_lines = false;  ///< line ends and tabs are welcome
};

/// Reads a text that follows the rule. Anything else is skipped and told to `faults`; `out` then stays as it was.
bool read_text(json::reader& in, std::string_view pointer, const text_rule& rule, std::string& out,
               field_faults& faults);

/// Each reads one member's value; a fault is told and leaves the result empty.
std::optional<webhook::priority> read_priority(json::reader& in, field_faults& faults);
std::optional<unix_seconds> read_timestamp(json::reader& in, field_faults& faults);
std::string read_requester(json::reader& in, field_faults& faults);

/// Skips a member that nobody knows and says which are known.
void refuse_unknown(json::reader& in, std::string_view parent, std::string_view name, std::string_view known,
                    field_faults& faults);

} // namespace troupe::net::webhook
