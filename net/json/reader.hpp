#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// JSON (RFC 8259) as a stream: what comes over the wire is read once, from front to back, without a document tree.
namespace troupe::net::json {

enum class type : std::uint8_t { none, object, array, string, number, boolean, null };

/// `object`, `string`, … as messages name it.
std::string_view name_of(type what) noexcept;

/// What makes a text unreadable.
struct fault {
  std::string pointer;    ///< JSON Pointer to where it was met; empty = the whole
  std::string message;    ///< the rule and what was found
  std::size_t offset = 0; ///< bytes from the start
};

/// How a text is read.
enum class strictness : std::uint8_t {
  /// What people and programs send us: names that occur twice, NUL characters, half surrogate pairs and objects of over
  /// 64 members are faults.
  strict,
  /// What services answer: a name may occur twice; NUL and half surrogate pairs become U+FFFD.
  lenient,
};

/// Pulls values out of a text. After a fault everything returns its empty value and loops over members end, so callers
/// ask `failed()` once at the end. Grammar and UTF-8 of all that is read or skipped are checked. Not thread-safe.
class reader {
public:
  static constexpr unsigned depth_limit = 64;

  /// @param text stays valid and unchanged while the reader and the views it gave are in use
  /// @param max_depth nesting allowed, the outermost value counted; at most `depth_limit`
  explicit reader(std::string_view text, strictness how = strictness::strict, unsigned max_depth = 32);

  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  /// The type of the next value. Its text is checked only when it is read.
  type peek();

  /// Enters the object that comes next; anything else is a fault.
  bool enter_object();
  /// Moves to the next member of the entered object; false once its end was passed. The name's view stays valid.
  bool next_member(std::string_view& name);

  /// Enters the array that comes next; anything else is a fault.
  bool enter_array();
  /// Moves to the next element of the entered array; false once its end was passed.
  bool next_element();

  /// Reads the string that comes next. The view is valid until the next value is read; `characters` counts code points.
  std::string_view string(std::size_t* characters = nullptr);
  /// Reads the number that comes next, as it is written.
  std::string_view number();
  bool boolean();
  /// Reads a value of any type and forgets it.
  void skip();
  /// Reads a value of any type and gives it as it is written; empty after a fault.
  std::string_view raw();

  /// Reads a string, or skips a value of another type and returns nothing.
  std::optional<std::string_view> string_or_skip();
  /// Reads a whole number from 0 to 2^63-1, or skips a value of another kind and returns nothing.
  std::optional<std::uint64_t> unsigned_or_skip();

  /// Call after the outermost value: more than white space behind it is a fault. True when all was well.
  bool finish();

  bool failed() const noexcept {
    return fault_.has_value();
  }
  const std::optional<json::fault>& failure() const noexcept {
    return fault_;
  }

private:
  struct frame {
    bool is_object;
    bool first;
    bool inside;             ///< at a member or element rather than between them
    std::size_t index;       ///< of the element
    std::size_t keys_before; ///< in `keys_`, of the objects around
    std::string_view name;   ///< of the member
  };
  struct key {
    std::uint64_t fingerprint;
    std::string_view name;
  };

  bool fail(std::string_view message);
  bool fail_expecting(std::string_view wanted);
  void skip_space() noexcept;
  bool at_value();
  bool enter(type what);
  bool separated(char close);
  bool remember(std::string_view name);
  bool scan_string(std::string_view& out, std::string& decoded, std::size_t& characters);
  bool scan_escaped_tail(std::string& decoded, std::size_t& characters);
  bool scan_escape(std::string& decoded);
  bool scan_unicode_escape(std::string& decoded);
  bool scan_code_unit(std::uint32_t& unit);
  bool scan_sequence();
  bool fail_at_byte();
  bool scan_number();
  bool scan_word(std::string_view word);
  std::string pointer() const;

  const char* begin_;
  const char* at_;
  const char* end_;
  strictness how_;
  unsigned max_depth_;
  unsigned depth_ = 0;
  std::array<frame, depth_limit> frames_; ///< the first `depth_` of them are set
  std::vector<key> keys_;
  std::vector<std::unique_ptr<std::string>> decoded_names_;
  std::string decoded_;
  std::optional<json::fault> fault_;
};

/// `text` as one step of a JSON Pointer (RFC 6901), with its slash; at most 64 bytes of it.
std::string pointer_step(std::string_view text);

} // namespace troupe::net::json
