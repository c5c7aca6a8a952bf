#include "actors/conversation/understanding_words.hpp"

#include "net/json/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace troupe::actors::conversation {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Typographic signs that people's telephones write, and what they stand for.
constexpr std::array<std::pair<std::string_view, char>, 17> plain_signs{{
    {"\u2019", '\''},
    {"\u2018", '\''},
    {"\u02bc", '\''},
    {"\u2032", '\''},
    {"\u00b4", '\''},
    {"\u201c", '"'},
    {"\u201d", '"'},
    {"\u2033", '"'},
    {"\u2013", '-'},
    {"\u2014", '-'},
    {"\u2212", '-'},
    {"\u2011", '-'},
    {"\u2026", '.'},
    {"\u00a0", ' '},
    {"\u202f", ' '},
    {"\u2009", ' '},
    {"\u00d7", 'x'},
}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> fractions{
    {{"\u00bd", "0.5"}, {"\u00bc", "0.25"}, {"\u00be", "0.75"}}};

/// Reads one sign after another.
class splitter {
public:
  explicit splitter(std::string_view message) : text_{message} {}

  words take() {
    while (at_ < text_.size())
      step();
    close();
    return std::move(out_);
  }

private:
  void step() {
    const auto rest = text_.substr(at_);
    for (const auto& [sign, value] : fractions)
      if (rest.starts_with(sign))
        return put(word_kind::number, value, sign.size());
    for (const auto& [sign, plain] : plain_signs)
      if (rest.starts_with(sign))
        return plain_sign(plain, sign.size());
    const auto length = net::json::sequence_length(rest.data(), rest.data() + rest.size());
    if (length == 4) // pictures: each a word of its own
      return put(word_kind::word, rest.substr(0, 4), 4);
    if (length > 1)
      return letters(rest.substr(0, length));
    plain_sign(length == 0 ? ' ' : rest.front(), 1);
  }

  void plain_sign(char c, std::size_t length) {
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
    if (is_letter(c))
      return letters(std::string_view{&c, 1}, length);
    if (is_digit(c))
      return digit(c, length);
    const auto next = at_ + length < text_.size() ? text_[at_ + length] : ' ';
    if (c == '\'' && kind_ == word_kind::word && !current_.empty())
      return skip(length); // don't
    if ((c == '.' || c == ',') && kind_ == word_kind::number && !current_.empty() && is_digit(next))
      return digit(c, length);
    close();
    if (c == '\n')
      ++clause_;
    if (static_cast<unsigned char>(c) > ' ' && c != 0x7f)
      put(word_kind::mark, std::string_view{&c, 1}, length);
    else
      at_ += length;
  }

  void skip(std::size_t length) {
    at_ += length;
  }

  void letters(std::string_view bytes, std::size_t length = 0) {
    extend(word_kind::word, bytes, length == 0 ? bytes.size() : length);
    auto& text = current_;
    // Capitals of Latin-1 such as É.
    if (const auto n = text.size(); n >= 2 && text[n - 2] == '\xc3') {
      const auto low = static_cast<unsigned char>(text[n - 1]);
      if (low >= 0x80 && low <= 0x9e && low != 0x97)
        text[n - 1] = static_cast<char>(low + 0x20);
    }
  }

  void digit(char c, std::size_t length) {
    extend(word_kind::number, std::string_view{&c, 1}, length);
  }

  void extend(word_kind kind, std::string_view bytes, std::size_t length) {
    if (!current_.empty() && kind_ != kind)
      close();
    if (current_.empty())
      begin_ = at_;
    kind_ = kind;
    current_ += bytes;
    at_ += length;
    end_ = at_;
  }

  void put(word_kind kind, std::string_view text, std::size_t length) {
    close();
    kind_ = kind;
    current_ = text;
    begin_ = at_;
    at_ += length;
    end_ = at_;
    close();
  }

  void close() {
    if (current_.empty())
      return;
    const auto glued = !out_.empty() && out_.back().end == begin_;
    if (kind_ == word_kind::word && current_ == "but")
      ++clause_;
    out_.push_back({kind_, std::exchange(current_, {}), begin_, end_, glued, clause_});
    if (kind_ == word_kind::mark && std::string_view{",.;:!?()"}.find(out_.back().text) != std::string_view::npos)
      ++clause_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  words out_;
  word_kind kind_ = word_kind::word;
  std::string current_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t clause_ = 0;
};

/// One letter wrong, missing, too many, or two swapped.
bool one_edit_apart(std::string_view a, std::string_view b) {
  if (a.size() < b.size())
    std::swap(a, b);
  if (a.size() > b.size() + 1)
    return false;
  std::size_t i = 0;
  while (i < b.size() && a[i] == b[i])
    ++i;
  if (a.size() > b.size())
    return a.substr(i + 1) == b.substr(i);
  if (i + 1 < a.size() && a[i] == b[i + 1] && a[i + 1] == b[i] && a.substr(i + 2) == b.substr(i + 2))
    return true;
  return a.substr(std::min(i + 1, a.size())) == b.substr(std::min(i + 1, b.size()));
}

template <std::size_t N>
bool is_one_of(const word& w, const std::array<std::string_view, N>& all) {
  return w.kind == word_kind::word && std::find(all.begin(), all.end(), w.text) != all.end();
}

constexpr std::array<std::string_view, 29> negators{
    "not",     "never", "dont", "doesnt",  "isnt",    "arent",     "wasnt",    "cant", "cannot", "wont",
    "without", "non",   "hate", "dislike", "except",  "excluding", "neither",  "nor",  "avoid",  "havent",
    "hasnt",   "didnt", "aint", "couldnt", "wouldnt", "instead",   "anything", "no",   "than"};
constexpr std::array<std::string_view, 5> denials{"isnt", "doesnt", "wont", "arent", "cant"};
constexpr std::array<std::string_view, 8> wholes{"anything", "everything", "all",      "day",
                                                 "days",     "week",       "weekdays", "any"};
/// Behind these, "don't" says nothing about what follows.
constexpr std::array<std::string_view, 6> harmless{"know", "mind", "care", "only", "just", "sure"};

} // namespace

words split(std::string_view message) {
  return splitter{message}.take();
}

phrase phrase_of(std::string_view text) {
  std::string spaced{text};
  std::replace(spaced.begin(), spaced.end(), '_', ' ');
  phrase out;
  for (auto& w : split(spaced))
    if (w.kind != word_kind::mark)
      out.push_back(std::move(w.text));
  return out;
}

std::vector<phrase> phrases_of_texts(std::string_view texts) {
  std::vector<phrase> out;
  while (true) {
    const auto bar = texts.find('|');
    out.push_back(phrase_of(texts.substr(0, bar)));
    if (bar == std::string_view::npos)
      return out;
    texts.remove_prefix(bar + 1);
  }
}

likeness compare(std::string_view said, std::string_view wanted) {
  if (said == wanted)
    return likeness::exact;
  if (said.size() < 5 || wanted.size() < 5 || said.front() != wanted.front())
    return likeness::none;
  return one_edit_apart(said, wanted) ? likeness::misspelt : likeness::none;
}

likeness match(const words& in, std::size_t at, const phrase& wanted, std::size_t& end) {
  auto out = likeness::exact;
  for (const auto& part : wanted) {
    if (&part != &wanted.front() && at < in.size() && in[at].is("-"))
      ++at;
    if (at >= in.size() || in[at].kind == word_kind::mark)
      return likeness::none;
    out = std::min(out, compare(in[at].text, part));
    if (out == likeness::none)
      return out;
    ++at;
  }
  end = at;
  return wanted.empty() ? likeness::none : out;
}

std::size_t match_any(const words& in, std::size_t at, const std::vector<phrase>& wanted) {
  std::size_t longest = 0;
  for (const auto& p : wanted)
    if (std::size_t end = 0; match(in, at, p, end) == likeness::exact)
      longest = std::max(longest, end - at);
  return longest;
}

bool is_negated(const words& in, run what) {
  const auto clause = in[what.first].clause;
  for (std::size_t back = 1; back <= 3 && back <= what.first; ++back) {
    const auto at = what.first - back;
    if (in[at].clause != clause) // "anything but keto", "every day but on Sunday"
      return in[at + 1].is("but") && is_one_of(in[at], wholes);
    const auto next = in[at + 1];
    if (!is_one_of(in[at], negators) || (is_one_of(next, harmless) && at + 1 < what.first))
      continue;
    if (in[at].is("no") && (back > 1 || next.kind == word_kind::number))
      continue; // "no I'm vegan", "80, no 82"
    if (in[at].is("anything") || (in[at].is("than") && (at == 0 || !in[at - 1].is("rather"))))
      continue;
    return true;
  }
  for (auto at = what.last; at < in.size() && at < what.last + 2 && in[at].clause == clause; ++at)
    if (is_one_of(in[at], denials)
        || ((in[at].is("is") || in[at].is("are")) && at + 1 < in.size() && in[at + 1].is("not")))
      return true;
  return false;
}

std::size_t clause_begin(const words& in, std::size_t at) {
  while (at > 0 && in[at - 1].clause == in[at].clause)
    --at;
  return at;
}

} // namespace troupe::actors::conversation
