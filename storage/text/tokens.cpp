#include "storage/text/tokens.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "storage/text/letters.hpp"
#include "storage/text/stem.hpp"

namespace troupe::storage::text {

namespace {

constexpr std::size_t run_limit = 8; ///< parts

struct part {
  std::string text; ///< folded
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t letters = 0;
  std::size_t digits = 0;
  std::size_t capitals = 0;
  char joint = '\0'; ///< what joins it to the next one

  bool numeric() const {
    return letters == 0;
  }
};

/// What a byte below 0x80 is, so that plain text needs no decoding.
struct plain {
  letter_kind kind = letter_kind::none;
  char folded = 0;
};

constexpr std::array<plain, 128> make_plain() {
  std::array<plain, 128> result{};
  for (std::size_t c = 0; c < result.size(); ++c) {
    const auto sign = static_cast<char>(c);
    if (sign >= 'a' && sign <= 'z')
      result[c] = {letter_kind::letter, sign};
    else if (sign >= 'A' && sign <= 'Z')
      result[c] = {letter_kind::capital, static_cast<char>(sign - 'A' + 'a')};
    else if (sign >= '0' && sign <= '9')
      result[c] = {letter_kind::digit, sign};
  }
  return result;
}

constexpr auto plain_letters = make_plain();

bool word_character(letter_kind kind) {
  return kind == letter_kind::letter || kind == letter_kind::capital || kind == letter_kind::digit;
}

/// Reads runs of joined parts and gives their tokens.
class cutter {
public:
  cutter(std::string_view text, token_sink sink, void* context) : text_{text}, sink_{sink}, context_{context} {}

  void run() {
    while (at_ < text_.size()) {
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte < plain_letters.size()) {
        if (plain_letters[byte].kind == letter_kind::none)
          ++at_;
        else
          read_run();
        continue;
      }
      const auto first = read_letter(text_, at_);
      if (first.kind == letter_kind::ideograph)
        give_ideograph(first);
      else if (word_character(first.kind))
        read_run();
      else
        at_ += first.length;
    }
  }

private:
  void give_ideograph(const letter& what) {
    scratch_.assign(what.folded, what.size);
    give(scratch_, at_, at_ + what.length, token_kind::word, false);
    ++position_;
    at_ += what.length;
  }

  void read_run() {
    count_ = 0;
    do {
      read_part(parts_[count_++]);
    } while (count_ < run_limit && joined());
    if (count_ == 1)
      give_part(parts_[0]);
    else if (dotted_number())
      give_dotted_number();
    else
      give_run();
  }

  void read_part(part& into) {
    into.text.clear();
    into.begin = at_;
    into.letters = into.digits = into.capitals = 0;
    into.joint = '\0';
    while (at_ < text_.size()) {
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte < plain_letters.size() && plain_letters[byte].kind != letter_kind::none) {
        const auto [kind, folded] = plain_letters[byte];
        (kind == letter_kind::digit ? into.digits : into.letters) += 1;
        into.capitals += kind == letter_kind::capital ? 1 : 0;
        if (into.text.size() < token_limit)
          into.text += folded;
        ++at_;
        continue;
      }
      const auto c = read_letter(text_, at_);
      if (word_character(c.kind)) {
        (c.kind == letter_kind::digit ? into.digits : into.letters) += 1;
        into.capitals += c.kind == letter_kind::capital ? 1 : 0;
        if (into.text.size() + c.size <= token_limit)
          into.text.append(c.folded, c.size);
      } else if (c.kind != letter_kind::mark) {
        const auto length = contraction();
        if (length == 0)
          break;
        at_ += length;
        break;
      }
      at_ += c.length;
    }
    into.end = at_;
  }

  /// Bytes of an English contraction such as `'s` or `'t` that begins here, or 0. It goes: `user's` is `user`.
  std::size_t contraction() const {
    std::size_t length = 0;
    if (text_[at_] == '\'')
      length = 1;
    else if (text_.substr(at_).starts_with("\xE2\x80\x99"))
      length = 3;
    else
      return 0;
    const auto rest = text_.substr(at_ + length);
    for (const std::string_view ending : {"s", "t", "re", "ve", "ll", "d", "m"}) {
      if (rest.starts_with(ending)
          && (rest.size() == ending.size() || !word_character(read_letter(rest, ending.size()).kind)))
        return length + ending.size();
    }
    return 0;
  }

  /// Whether one sign and then another part follows; steps over the sign.
  bool joined() {
    if (at_ + 1 >= text_.size())
      return false;
    const char sign = text_[at_];
    if ((sign != '.' && sign != '-' && sign != '_') || !word_character(read_letter(text_, at_ + 1).kind))
      return false;
    parts_[count_ - 1].joint = sign;
    ++at_;
    return true;
  }

  bool dotted_number() {
    for (std::size_t i = 0; i < count_; ++i) {
      const auto& p = parts_[i];
      const bool version = i == 0 && p.letters == 1 && p.digits > 0 && p.text.front() == 'v';
      if ((!p.numeric() && !version) || (i + 1 < count_ && p.joint != '.'))
        return false;
    }
    if (parts_[0].letters == 1)
      parts_[0].text.erase(0, 1);
    return true;
  }

  void give_dotted_number() {
    scratch_ = parts_[0].text;
    for (std::size_t i = 1; i < count_ && scratch_.size() + parts_[i].text.size() < token_limit; ++i) {
      scratch_ += '.';
      scratch_ += parts_[i].text;
      give(scratch_, parts_[0].begin, parts_[i].end, token_kind::unit, false);
    }
    ++position_;
  }

  void give_run() {
    std::size_t letters = 0;
    std::size_t digits = 0;
    std::size_t capitals = 0;
    bool dots = false;
    unit_.clear();
    for (std::size_t i = 0; i < count_; ++i) {
      const auto& p = parts_[i];
      letters += p.letters;
      digits += p.digits;
      capitals += p.capitals;
      unit_ += p.text;
      if (p.joint == '.') {
        unit_ += '.';
        dots = true;
      }
      give_part(p);
    }
    // Numbers joined by dashes are dates and telephone numbers; words joined by them, a phrase.
    const bool plain = letters == 0 && !dots;
    const bool phrase = digits == 0 && !dots && count_ > 2;
    if (plain || phrase || unit_.size() > token_limit)
      return;
    if (digits == 0 && !dots)
      stem(unit_);
    --position_;
    give(unit_, parts_[0].begin, parts_[count_ - 1].end, token_kind::unit, capitals >= 2 && capitals == letters);
    ++position_;
  }

  void give_part(const part& p) {
    const auto kind = p.digits == 0 ? token_kind::word : p.letters == 0 ? token_kind::number : token_kind::code;
    scratch_ = p.text;
    if (kind == token_kind::word)
      stem(scratch_);
    give(scratch_, p.begin, p.end, kind, p.capitals >= 2 && p.capitals == p.letters);
    ++position_;
  }

  void give(std::string_view text, std::size_t begin, std::size_t end, token_kind kind, bool capitals) {
    const token what{text, text_.substr(begin, end - begin), position_, kind, capitals};
    sink_(context_, what);
  }

  std::string_view text_;
  token_sink sink_;
  void* context_;
  std::size_t at_ = 0;
  std::size_t position_ = 0;
  std::array<part, run_limit> parts_;
  std::size_t count_ = 0;
  std::string scratch_;
  std::string unit_;
};

} // namespace

void tokenize(std::string_view text, token_sink sink, void* context) {
  cutter{text, sink, context}.run();
}

} // namespace troupe::storage::text
