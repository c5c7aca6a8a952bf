#include "actors/conversation/understanding_text.hpp"

#include "net/json/utf8.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors::conversation {

namespace {

constexpr std::array<std::string_view, 25> question_words{
    "what",  "why",    "how",   "who",  "which", "when", "where", "do", "does",  "did",  "is",    "are",  "can",
    "could", "should", "would", "will", "must",  "may",  "have",  "am", "whats", "hows", "shall", "whose"};

constexpr std::array<std::string_view, 17> not_a_name{"not",  "a",    "an",   "the",   "very",  "fine",
                                                      "good", "ok",   "okay", "here",  "ready", "sure",
                                                      "so",   "just", "from", "happy", "new"};

bool is_one_of(const word& w, const auto& all) {
  return w.kind == word_kind::word && std::find(all.begin(), all.end(), w.text) != all.end();
}

} // namespace

std::string tidy_text(std::string_view text, std::size_t longest) {
  std::string out;
  std::size_t count = 0;
  const auto* at = text.data();
  const auto* end = at + text.size();
  while (at != end && count < longest) {
    const auto length = net::json::sequence_length(at, end);
    const auto c = static_cast<unsigned char>(*at);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++at;
    } else if (length == 1 && (c <= ' ' || c == 0x7f)) {
      ++at;
      if (out.empty() || out.back() == ' ' || out.back() == '\n')
        continue;
      out += c == '\n' ? '\n' : ' ';
    } else {
      out.append(at, length);
      at += length;
    }
    ++count;
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '\n'))
    out.pop_back();
  return out;
}

std::size_t characters_of(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_name(const config::agent_field& field) {
  return field.kind == config::field_kind::text && (field.name == "name" || field.name.ends_with("_name"));
}

std::optional<run> find_name(const words& in, bool asked) {
  static const auto introductions = phrases_of_texts(
      "my name is|my names|the name is|the names|name is|call me|you can call me|just call me|im called|"
      "i am called|everyone calls me|everybody calls me|people call me|they call me|friends call me|"
      "my friends call me|i go by|name");
  static const auto weak = phrases_of_texts("im|i am|its|it is|this is");
  static const auto greetings = phrases_of_texts(
      "hi|hello|hey|hi there|hey there|hello there|good morning|good evening|yes|sure|ok|okay|well|so|um|oh");
  std::size_t begin = in.size();
  for (std::size_t at = 0; at < in.size() && begin == in.size(); ++at)
    if (const auto length = match_any(in, at, introductions))
      begin = at + length;
  if (begin == in.size()) {
    if (!asked)
      return std::nullopt;
    begin = 0;
    while (begin < in.size()) {
      const auto length = match_any(in, begin, greetings);
      if (length == 0 && in[begin].kind != word_kind::mark)
        break;
      begin += std::max<std::size_t>(length, 1);
    }
    begin += match_any(in, begin, weak);
  }
  while (begin < in.size() && (in[begin].is(":") || in[begin].is("\"") || in[begin].is("is")))
    ++begin;
  auto end = begin;
  while (end < in.size() && end < begin + 4
         && (in[end].kind == word_kind::word || (in[end].is("-") && in[end].glued && end > begin)) && !in[end].is("and")
         && !in[end].is("but") && !in[end].is("im"))
    ++end;
  if (end == begin || is_one_of(in[begin], not_a_name))
    return std::nullopt;
  return run{begin, end};
}

bool is_question(const words& in) {
  if (in.empty() || !in.back().is("?"))
    return false;
  if (std::all_of(in.begin(), in.end(), [](const word& w) { return w.kind == word_kind::mark; }))
    return true;
  const auto first = clause_begin(in, in.size() - 1);
  return is_one_of(in[first], question_words) || is_one_of(in.front(), question_words);
}

} // namespace troupe::actors::conversation
