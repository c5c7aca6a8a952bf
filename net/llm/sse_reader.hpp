#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::net::llm {

/// Reads the events of a `text/event-stream` (WHATWG HTML, "Server-sent events"), however its bytes are split: inside a
/// character, a line or its end. Fields `id` and `retry` and comments are dropped. Does no I/O; not thread-safe.
///
///     reader.put(bytes);
///     while (reader.next(event) == sse_reader::step::event) …
class sse_reader {
public:
  struct event {
    std::string_view name; ///< empty = `message`
    std::string_view data; ///< its lines joined by LF
  };

  enum class step : std::uint8_t {
    event,
    more,      ///< give more bytes
    too_large, ///< a line or event beyond the limit; nothing more can be read
  };

  /// @param max_event bytes of one event's data, and of one line
  explicit sse_reader(std::size_t max_event = 1 << 20) : max_event_{max_event} {}

  /// Gives the next bytes. Only when `next` has said `more`; they stay valid until it says so again.
  void put(std::string_view bytes);

  /// Moves to the next event. Its views are valid until the next call.
  step next(event& out);

private:
  bool take_line(std::string_view& line, bool& is_kept);
  step keep_rest();
  void take_field(std::string_view line, bool is_kept);
  void add_data(std::string_view value, bool is_kept);
  void keep_data();
  void begin_event();

  std::size_t max_event_;
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t line_feed_ = 0; ///< the first one from `at_` on, or the end of the bytes
  std::string line_;          ///< what former bytes gave of the line that isn't complete
  std::string name_;
  std::string_view data_; ///< of the event so far: in the bytes, or in `kept_`
  std::string kept_;
  std::size_t data_lines_ = 0;
  bool is_data_kept_ = false;
  bool is_line_used_ = false;  ///< `line_` was handed out: the next line begins it anew
  bool is_first_line_ = true;  ///< which may begin with a byte order mark
  bool after_return_ = false;  ///< a line feed that comes next belongs to the line's end
  bool is_event_over_ = false; ///< the event was handed out
  bool is_too_large_ = false;
};

} // namespace troupe::net::llm
