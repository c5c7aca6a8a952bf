#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/ticket/note.hpp"

namespace troupe::actors::ticket {

/// What a note may name: everything else that looks like a source was made up.
class references {
public:
  explicit references(const note_context& context);

  /// The link for an article's URL; none for any other.
  std::optional<std::string> link(std::string_view url) const;

  /// Whether the ticket or a finding holds `text` as a word of its own.
  bool mentions(std::string_view text) const;

  /// Length of what looks like the id of a ticket or article and starts at `at`; 0 if nothing does.
  std::size_t id_at(std::string_view text, std::size_t at) const;

private:
  std::vector<std::string_view> texts_;
  std::vector<std::pair<std::string_view, std::string>> links_;
  std::vector<std::string> prefixes_; ///< of ids, in lower case
};

} // namespace troupe::actors::ticket
