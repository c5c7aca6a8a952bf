#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// A model's reply is what the user reads, and between `<fields>` and `</fields>` what it extracted. Both come in one
/// stream, so that the first word is shown when the model says it and each message costs one call.
namespace troupe::actors::conversation {

inline constexpr std::string_view fields_begin = "<fields>";
inline constexpr std::string_view fields_end = "</fields>";

/// Takes a reply as it streams and gives what the user may see of it, without white space at both ends. What might be
/// the start of the fields, and a character that isn't whole, waits until more comes. However a text is cut, the pieces
/// given make the same whole.
class reply_filter {
public:
  /// The part of the text that becomes visible with `delta`; often all of it.
  std::string push(std::string_view delta);

  /// What was held back, once the reply is whole.
  std::string finish();

  /// Between the tags, the first time; empty = there was nothing.
  const std::string& fields() const {
    return fields_;
  }

private:
  void show(std::string_view text, std::string& out);

  std::string held_;   ///< a start of a tag, perhaps
  std::string spaces_; ///< white space that is visible only if something follows
  std::string fields_;
  bool inside_ = false;
  bool shown_ = false;  ///< something was
  bool filled_ = false; ///< the first fields are over
};

struct reply_parts {
  std::string text;
  std::string fields;
};

/// A whole reply, taken apart.
reply_parts take_apart(std::string_view reply);

} // namespace troupe::actors::conversation
