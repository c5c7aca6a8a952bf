#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "net/desk/connector.hpp"
#include "net/http/client.hpp"

/// What goes over the wire to a ServiceDesk Plus (API v3) and what its answers mean. No I/O.
namespace troupe::net::desk {

/// Whether a call could have changed something at the desk.
enum class call_effect : std::uint8_t { reads, writes };

using moment = std::chrono::system_clock::time_point;

/// The form body that adds a note.
std::string note_form(std::string_view html, bool cloud, bool show_to_requester);

/// The query of a page of a list; `start` counts from 1.
std::string page_query(std::size_t start, std::size_t rows);

/// What an answer to a new note means.
std::variant<note_written, desk_failure> read_written(const http::call_result& result, moment now);

/// One page of a ticket's notes, searched for a marker.
struct note_page {
  std::optional<std::string> found; ///< id of the note that shows the marker
  std::size_t rows = 0;
  bool more = false;         ///< the desk has more rows
  bool more_known = false;   ///< the desk says whether
  bool without_text = false; ///< a row came without its text, so nobody can say what it shows
};

std::variant<note_page, desk_failure> read_notes(const http::call_result& result, std::string_view marker, moment now);

/// What an answer to a small read means: nothing when all is well.
std::optional<desk_failure> read_check(const http::call_result& result, moment now);

/// The desk refuses the key or token.
bool refuses_key(const http::call_result& result);

/// The desk refuses `input_data` where it isn't wanted; the same read without it may do.
bool refuses_query(const http::call_result& result);

} // namespace troupe::net::desk
