#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>

namespace troupe::storage::text {

enum class token_kind : std::uint8_t {
  /// Letters only; stemmed.
  word,
  /// Digits only.
  number,
  /// Letters and digits, such as `kb5034441` or `0x80070005`.
  code,
  /// Several parts that belong together: `err1234` (from `ERR-1234`), `login` (`log-in`), `mail01.example.com`,
  /// `10.2.1.114`. Comes after its parts, at the position of the last one.
  unit,
};

struct token {
  std::string_view text;    ///< lower case, without accents and endings; valid during the call only
  std::string_view source;  ///< where it stands in the text
  std::size_t position = 0; ///< how many words stand before it
  token_kind kind = token_kind::word;
  bool capitals = false; ///< two capital letters or more and no small one
};

/// Longest token, in bytes. Longer runs of letters are cut, longer units aren't given.
inline constexpr std::size_t token_limit = 64;

using token_sink = void (*)(void* context, const token& what);

/// Cuts text into the tokens of the full-text indices, and of what they are asked. Of dotted numbers (versions, IPv4
/// addresses) the whole is given, and what it begins with up to each further dot, but not the bare numbers. Malformed
/// UTF-8 separates words.
void tokenize(std::string_view text, token_sink sink, void* context);

/// The same with a function object that takes `const token&`.
template <class Sink>
void tokenize(std::string_view text, Sink&& sink) {
  using type = std::remove_reference_t<Sink>;
  tokenize(
      text, [](void* context, const token& what) { (*static_cast<type*>(context))(what); },
      const_cast<void*>(static_cast<const void*>(std::addressof(sink))));
}

} // namespace troupe::storage::text
