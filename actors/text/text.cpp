#include "actors/text/text.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors {

namespace {

constexpr std::string_view ellipsis = "\xE2\x80\xA6";
constexpr std::string_view replacement = "\xEF\xBF\xBD";

bool is_wide_space(char32_t c) {
  return c == 0xA0 || c == 0x85 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029
         || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// What shows nothing by itself, though it may change what stands beside it: joiners, variation selectors, fillers.
bool is_unseen_alone(char32_t c) {
  return c == 0x200C || c == 0x200D || c == 0x034F || (c >= 0xFE00 && c <= 0xFE0F) || c == 0x115F || c == 0x1160
         || c == 0x3164 || c == 0xFFA0 || c == 0x2800;
}

/// Han, kana and Thai and its neighbours: words without spaces between them.
bool is_spaceless(char32_t c) {
  return (c >= 0x3041 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF)
         || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF) || (c >= 0x0E01 && c <= 0x0EFF)
         || (c >= 0x1780 && c <= 0x17FF);
}

/// Splits into words; `visit(end_of_word)` returns false to stop.
template <class Visit>
void each_word(std::string_view text, Visit visit) {
  bool inside = false;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      const bool space = is_space(text[i]);
      if (space && inside && !visit(i))
        return;
      inside = !space;
      ++i;
      continue;
    }
    const auto c = decode_utf8(text, i);
    const auto size = std::max<std::size_t>(1, c.size);
    if (is_wide_space(c.value)) {
      if (inside && !visit(i))
        return;
      inside = false;
    } else if (is_spaceless(c.value)) {
      if (inside && !visit(i))
        return;
      inside = true;
    } else {
      inside = true;
    }
    i += size;
  }
  if (inside)
    visit(text.size());
}

/// Whether text is already as `clean_line` makes it; not sure of anything beyond ASCII.
bool is_clean_line(std::string_view text) {
  char before = ' ';
  for (const char c : text) {
    if (c < ' ' || c == 0x7F || (c == ' ' && before == ' '))
      return false;
    before = c;
  }
  return text.empty() || before != ' ';
}

/// Whether the full stop at `at` belongs to its word: an abbreviation, an initial or a list's number.
bool is_abbreviation(std::string_view text, std::size_t start, std::size_t at) {
  auto from = at;
  while (from > start && !is_space(text[from - 1]) && text[from - 1] != '(')
    --from;
  const auto word = text.substr(from, at - from);
  if (word.size() == 1 && is_letter(word.front()))
    return true;
  if (from == start && std::all_of(word.begin(), word.end(), is_digit))
    return true;
  static constexpr std::array<std::string_view, 16> known{"e.g", "i.e", "etc",    "mr",   "mrs", "ms",  "dr", "no",
                                                          "nr",  "vs",  "approx", "incl", "z.b", "bzw", "ca", "resp"};
  return word.size() <= 6 && std::find(known.begin(), known.end(), lower(word)) != known.end();
}

/// Length of the sentence end at `at`, 0 if there is none.
std::size_t sentence_end(std::string_view text, std::size_t start, std::size_t at) {
  const char c = text[at];
  if (c == '\xE3' || c == '\xEF') {
    const auto wide = text.substr(at, 3);
    return wide == "\xE3\x80\x82" || wide == "\xEF\xBC\x81" || wide == "\xEF\xBC\x9F" ? 3 : 0;
  }
  if (c != '.' && c != '!' && c != '?')
    return 0;
  auto end = at + 1;
  while (end < text.size() && (text[end] == '"' || text[end] == ')' || text[end] == '\'' || text[end] == c))
    ++end;
  if (end < text.size() && !is_space(text[end]))
    return 0;
  return c == '.' && is_abbreviation(text, start, at) ? 0 : end - at;
}

} // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    c = lower(c);
  return out;
}

code_point decode_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned char {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const char32_t first = byte(0);
  if (first < 0x80)
    return {first, 1};
  if (first >= 0xC2 && first <= 0xDF && follows(1))
    return {((first & 0x1F) << 6) | (byte(1) & 0x3FU), 2};
  if (first >= 0xE0 && first <= 0xEF && follows(1) && follows(2)) {
    const char32_t c = ((first & 0x0F) << 12) | ((byte(1) & 0x3FU) << 6) | (byte(2) & 0x3FU);
    if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF))
      return {c, 3};
  }
  if (first >= 0xF0 && first <= 0xF4 && follows(1) && follows(2) && follows(3)) {
    const char32_t c =
        ((first & 0x07) << 18) | ((byte(1) & 0x3FU) << 12) | ((byte(2) & 0x3FU) << 6) | (byte(3) & 0x3FU);
    if (c >= 0x10000 && c <= 0x10FFFF)
      return {c, 4};
  }
  return {};
}

bool is_invisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x061C || c == 0x180E || c == 0x200B || c == 0x200E
         || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF
         || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

bool says_nothing(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = decode_utf8(text, i);
    if (c.size == 0 || !(c.value == ' ' || is_invisible(c.value) || is_wide_space(c.value) || is_unseen_alone(c.value)))
      return false;
    i += c.size;
  }
  return true;
}

std::string clean(std::string_view text) {
  cleaning unused;
  return clean(text, unused);
}

std::string clean(std::string_view text, cleaning& done) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const char raw = text[i];
    if (static_cast<unsigned char>(raw) >= 0x20 && static_cast<unsigned char>(raw) < 0x7F) {
      auto end = i + 1;
      while (end < text.size() && text[end] >= 0x20 && text[end] < 0x7F)
        ++end;
      out.append(text, i, end - i);
      i = end;
      continue;
    }
    const auto c = decode_utf8(text, i);
    if (c.size == 0) {
      out += replacement;
      ++done.not_utf8;
      ++i;
      continue;
    }
    if (c.value == '\r') {
      out += '\n';
      i += text.substr(i, 2) == "\r\n" ? 2 : 1;
      continue;
    }
    if (c.value == '\n' || c.value == 0x2028 || c.value == 0x2029 || c.value == 0x85 || c.value == '\f')
      out += '\n';
    else if (c.value == '\t' || c.value == '\v')
      out += ' ';
    else if (is_invisible(c.value))
      ++done.invisible;
    else
      out.append(text, i, c.size);
    i += c.size;
  }
  return out;
}

std::string clean_line(std::string_view text) {
  if (is_clean_line(text))
    return std::string{text};
  auto cleaned = clean(text);
  std::size_t length = 0;
  bool gap = false;
  for (const char c : cleaned) {
    if (is_space(c)) {
      gap = length > 0;
      continue;
    }
    if (gap)
      cleaned[length++] = ' ';
    gap = false;
    cleaned[length++] = c;
  }
  cleaned.resize(length);
  return cleaned;
}

std::string_view cut_bytes(std::string_view text, std::size_t limit) {
  if (text.size() <= limit)
    return text;
  auto end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return text.substr(0, end);
}

std::string shorten(std::string_view text, std::size_t limit) {
  if (text.size() <= limit)
    return std::string{text};
  if (limit <= ellipsis.size())
    return {};
  auto kept = cut_bytes(text, limit - ellipsis.size());
  // A word cut in two reads as another word; a very long one has to be cut all the same.
  if (const auto space = kept.find_last_of(" \n"); space != kept.npos && space > kept.size() / 2)
    kept = kept.substr(0, space);
  std::string out{trim(kept)};
  out += ellipsis;
  return out;
}

std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  each_word(text, [&](std::size_t) {
    ++count;
    return true;
  });
  return count;
}

std::string_view first_words(std::string_view text, std::size_t limit) {
  if (limit == 0)
    return {};
  std::size_t count = 0;
  auto end = text.size();
  each_word(text, [&](std::size_t at) {
    end = at;
    return ++count < limit;
  });
  return text.substr(0, end);
}

std::vector<std::string_view> sentences(std::string_view text) {
  std::vector<std::string_view> out;
  const auto add = [&](std::size_t from, std::size_t to) {
    if (const auto sentence = trim(text.substr(from, to - from)); !sentence.empty())
      out.push_back(sentence);
  };
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\n') {
      add(start, i);
      start = ++i;
      continue;
    }
    if (start == i && is_space(text[i])) {
      start = ++i;
      continue;
    }
    const auto end = sentence_end(text, start, i);
    if (end == 0) {
      ++i;
      continue;
    }
    add(start, i + end);
    i += end;
    start = i;
  }
  add(start, text.size());
  return out;
}

} // namespace troupe::actors
