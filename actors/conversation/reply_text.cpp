#include "actors/conversation/reply_text.hpp"

#include <algorithm>

#include "actors/text/text.hpp"

namespace troupe::actors::conversation {

namespace {

/// Bytes at the end of `text` that may be the beginning of `tag`.
std::size_t begun(std::string_view text, std::string_view tag) {
  for (auto size = std::min(text.size(), tag.size() - 1); size > 0; --size)
    if (starts_like(tag.substr(0, size), lower(text.substr(text.size() - size))))
      return size;
  return 0;
}

/// Bytes at the end of `text` that begin a character of which more must come.
std::size_t unfinished(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if (byte >= 0xC0)
      return back < (byte >= 0xF0 ? 4U : byte >= 0xE0 ? 3U : 2U) ? back : 0;
    if (byte < 0x80)
      return 0;
  }
  return 0;
}

std::size_t find_tag(std::string_view text, std::string_view tag) {
  for (auto at = text.find('<'); at != text.npos; at = text.find('<', at + 1))
    if (starts_like(text.substr(at), tag))
      return at;
  return text.npos;
}

} // namespace

void reply_filter::show(std::string_view text, std::string& out) {
  const auto last = std::find_if_not(text.rbegin(), text.rend(), is_space).base() - text.begin();
  const auto seen = text.substr(0, static_cast<std::size_t>(last));
  if (!seen.empty()) {
    const auto first = shown_ ? seen.begin() : std::find_if_not(seen.begin(), seen.end(), is_space);
    if (shown_)
      out += spaces_;
    out.append(first, seen.end());
    spaces_.clear();
    shown_ = true;
  }
  spaces_ += text.substr(seen.size());
}

std::string reply_filter::push(std::string_view delta) {
  std::string out;
  held_ += delta;
  std::string_view rest = held_;
  for (;;) {
    const auto tag = inside_ ? fields_end : fields_begin;
    const auto at = find_tag(rest, tag);
    const auto plain = at == rest.npos ? rest.size() - std::max(begun(rest, tag), unfinished(rest)) : at;
    if (!inside_)
      show(rest.substr(0, plain), out);
    else if (!filled_)
      fields_ += rest.substr(0, plain);
    if (at == rest.npos) {
      held_ = std::string{rest.substr(plain)};
      return out;
    }
    filled_ = filled_ || inside_;
    inside_ = !inside_;
    rest.remove_prefix(at + tag.size());
  }
}

std::string reply_filter::finish() {
  std::string out;
  if (inside_ && !filled_)
    fields_ += held_;
  else if (!inside_)
    show(held_, out);
  held_.clear();
  return out;
}

reply_parts take_apart(std::string_view reply) {
  reply_filter filter;
  auto text = filter.push(reply);
  text += filter.finish();
  return {std::move(text), std::string{trim(filter.fields())}};
}

} // namespace troupe::actors::conversation
