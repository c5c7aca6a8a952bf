#include "actors/conversation/understanding_date.hpp"

#include "actors/conversation/understanding_number.hpp"
#include "config/values.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace troupe::actors::conversation {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> weekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                   "thursday", "friday", "saturday"};
constexpr std::array<std::string_view, 12> months{"january",   "february", "march",    "april",
                                                  "may",       "june",     "july",     "august",
                                                  "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 4> ordinal_endings{"st", "nd", "rd", "th"};

enum class order : std::uint8_t { unknown, day_first, month_first };

/// How people of a language write 03/04/1990.
order order_of(std::string_view tag) {
  const auto language = config::to_lower(tag);
  if (language == "en-us")
    return order::month_first;
  constexpr std::array<std::string_view, 12> day_first{"de", "fr", "es", "it", "pt", "nl",
                                                       "pl", "ru", "tr", "da", "nb", "fi"};
  constexpr std::array<std::string_view, 6> english{"en-gb", "en-au", "en-nz", "en-ie", "en-za", "en-in"};
  const auto base = std::string_view{language}.substr(0, language.find('-'));
  const bool first = std::find(day_first.begin(), day_first.end(), base) != day_first.end()
                     || std::find(english.begin(), english.end(), language) != english.end();
  return first ? order::day_first : order::unknown;
}

std::optional<unsigned> month_of(const word& w) {
  if (w.kind != word_kind::word || w.text.size() < 3)
    return std::nullopt;
  for (unsigned i = 0; i < months.size(); ++i)
    if (w.text == months[i] || w.text == months[i].substr(0, 3) || (i == 8 && w.text == "sept")
        || (i != 4 && compare(w.text, months[i]) == likeness::misspelt))
      return i + 1;
  return std::nullopt;
}

std::string spoken(year_month_day day) {
  auto month = std::string{months[static_cast<unsigned>(day.month()) - 1]};
  month.front() = static_cast<char>(month.front() - 'a' + 'A');
  return std::to_string(static_cast<unsigned>(day.day())) + ' ' + month;
}

class date_reader {
public:
  date_reader(const words& in, sys_days today, std::string_view language)
      : in_{in}, today_{today}, order_{order_of(language)} {}

  std::optional<said_date> read(std::size_t at) {
    at_ = at;
    for (const auto reader : {&date_reader::read_digits, &date_reader::read_parted, &date_reader::read_month,
                              &date_reader::read_relative, &date_reader::read_weekday, &date_reader::read_day}) {
      at_ = at;
      if (auto out = (this->*reader)()) {
        out->where = {at, at_};
        return out;
      }
    }
    return std::nullopt;
  }

private:
  bool is(std::size_t at, std::string_view text) const {
    return at < in_.size() && in_[at].is(text);
  }
  bool skip(std::initializer_list<std::string_view> texts) {
    auto at = at_;
    for (const auto text : texts)
      if (!is(at++, text))
        return false;
    at_ = at;
    return true;
  }
  bool is_number(std::size_t at) const {
    return at < in_.size() && in_[at].kind == word_kind::number;
  }
  std::optional<unsigned> whole(std::string_view text) const {
    const auto value = config::parse_integer(text);
    return value && *value < 10'000 ? std::optional{static_cast<unsigned>(*value)} : std::nullopt;
  }

  said_date good(year_month_day day, double confidence = 1) const {
    return {day, {}, false, confidence, {}};
  }

  said_date checked(int y, unsigned m, unsigned d, double confidence = 1) const {
    const year_month_day day{year{y}, month{m}, chrono_day(d)};
    if (day.ok() && y >= 1900 && y <= 2200)
      return good(day, confidence);
    said_date out;
    out.fault = "There is no such day; please write it like 1990-03-04.";
    return out;
  }
  static std::chrono::day chrono_day(unsigned d) {
    return std::chrono::day{d};
  }

  /// `90` is 1990, `26` is 2026: twenty years ahead at most.
  int full_year(unsigned y) const {
    if (y >= 100)
      return static_cast<int>(y);
    const auto now = static_cast<int>(year_month_day{today_}.year());
    const auto near = now - now % 100 + static_cast<int>(y);
    return near > now + 20 ? near - 100 : near;
  }

  /// The next such day, today included.
  said_date next(unsigned m, unsigned d) const {
    const auto now = static_cast<int>(year_month_day{today_}.year());
    for (int y = now; y < now + 9; ++y)
      if (const year_month_day day{year{y}, month{m}, chrono_day(d)}; day.ok() && sys_days{day} >= today_)
        return good(day, 0.85);
    return checked(now, m, d);
  }

  said_date of_two(unsigned a, unsigned b, int y, bool day_first) {
    if (a > 12 || a == b || (day_first && b <= 12))
      return checked(y, b, a);
    if (b > 12 || order_ == order::month_first)
      return checked(y, a, b);
    if (order_ == order::day_first)
      return checked(y, b, a);
    const auto one = checked(y, b, a);
    const auto other = checked(y, a, b);
    said_date out;
    out.ambiguous = true;
    if (one.day && other.day)
      out.fault = "Is that " + spoken(*one.day) + " or " + spoken(*other.day) + "?";
    else
      out.fault = one.fault;
    return out;
  }

  /// 04.03.1990, which is one number to the splitter.
  std::optional<said_date> read_digits() {
    if (!is_number(at_))
      return std::nullopt;
    const std::string_view text = in_[at_].text;
    const auto first = text.find('.');
    const auto second = first == text.npos ? first : text.find('.', first + 1);
    if (second == text.npos || text.find_first_of(".,", second + 1) != text.npos)
      return std::nullopt;
    const auto a = whole(text.substr(0, first));
    const auto b = whole(text.substr(first + 1, second - first - 1));
    const auto c = whole(text.substr(second + 1));
    if (!a || !b || !c)
      return std::nullopt;
    ++at_;
    return first == 4 ? checked(static_cast<int>(*a), *b, *c) : of_two(*a, *b, full_year(*c), true);
  }

  /// 1990-03-04, 3/4/1990, 3-4-90.
  std::optional<said_date> read_parted() {
    if (!is_number(at_) || at_ + 4 >= in_.size() || !is_number(at_ + 2) || !is_number(at_ + 4))
      return std::nullopt;
    const auto& mark = in_[at_ + 1].text;
    if ((mark != "-" && mark != "/") || in_[at_ + 3].text != mark)
      return std::nullopt;
    for (std::size_t i = 1; i <= 4; ++i)
      if (!in_[at_ + i].glued)
        return std::nullopt;
    const auto a = whole(in_[at_].text);
    const auto b = whole(in_[at_ + 2].text);
    const auto c = whole(in_[at_ + 4].text);
    if (!a || !b || !c)
      return std::nullopt;
    const bool year_first = in_[at_].text.size() == 4;
    at_ += 5;
    return year_first ? checked(static_cast<int>(*a), *b, *c) : of_two(*a, *b, full_year(*c), false);
  }

  /// A day of a month: `4`, `4th`.
  std::optional<unsigned> day_number() {
    if (!is_number(at_))
      return std::nullopt;
    const auto d = whole(in_[at_].text);
    if (!d || *d == 0 || *d > 31)
      return std::nullopt;
    ++at_;
    if (at_ < in_.size() && in_[at_].glued
        && std::find(ordinal_endings.begin(), ordinal_endings.end(), in_[at_].text) != ordinal_endings.end())
      ++at_;
    return d;
  }

  std::optional<int> year_number() {
    const auto at = is(at_, ",") ? at_ + 1 : at_;
    if (!is_number(at))
      return std::nullopt;
    const auto y = whole(in_[at].text);
    if (!y || in_[at].text.size() != 4 || *y < 1900 || *y > 2200)
      return std::nullopt;
    at_ = at + 1;
    return static_cast<int>(*y);
  }

  /// 4 March 1990, the 4th of March, March 4th, March 2026.
  std::optional<said_date> read_month() {
    skip({"the"});
    auto d = day_number();
    if (d) {
      skip({"."});
      skip({"of"});
    }
    const auto m = at_ < in_.size() ? month_of(in_[at_]) : std::nullopt;
    if (!m)
      return std::nullopt;
    const bool bare_may = *m == 5 && !d;
    ++at_;
    if (!d) {
      if (const auto y = year_number())
        return checked(*y, *m, 1, 0.6);
      skip({"the"});
      d = day_number();
    }
    if (!d && (bare_may || in_[at_ - 1].text.size() < 5)) // "may", "mar"
      return std::nullopt;
    if (!d) {
      auto out = next(*m, 1);
      out.confidence = 0.6;
      return out;
    }
    if (const auto y = year_number())
      return checked(*y, *m, *d);
    return next(*m, *d);
  }

  static sys_days add_months(sys_days from, int count) {
    auto day = year_month_day{from} + std::chrono::months{count};
    if (!day.ok())
      day = day.year() / day.month() / last;
    return day;
  }

  /// tomorrow, in two weeks, next month, at the weekend.
  std::optional<said_date> read_relative() {
    if (skip({"day", "after", "tomorrow"}))
      return good(today_ + days{2});
    for (const auto& [text, ahead] :
         {std::pair{"today", 0}, {"tonight", 0}, {"tomorrow", 1}, {"tmrw", 1}, {"tomorow", 1}, {"yesterday", -1}})
      if (skip({text}))
        return good(today_ + days{ahead});
    if (skip({"right", "away"}) || skip({"right", "now"}) || skip({"as", "soon", "as", "possible"})
        || skip({"immediately"}) || skip({"asap"}) || skip({"straight", "away"}))
      return good(today_, 0.8);
    if (skip({"next", "week"}))
      return good(next_weekday(1, false), 0.6);
    if (skip({"next", "month"}))
      return good(first_of_month(1), 0.6);
    if (skip({"next", "year"}))
      return good(year_month_day{year_month_day{today_}.year() + years{1}, January, chrono_day(1)}, 0.6);
    if (skip({"end", "of", "the", "month"}) || skip({"end", "of", "this", "month"}) || skip({"end", "of", "month"}))
      return good(sys_days{first_of_month(1)} - days{1}, 0.8);
    if (skip({"end", "of", "next", "month"}))
      return good(sys_days{first_of_month(2)} - days{1}, 0.8);
    if (skip({"this", "weekend"}) || skip({"the", "weekend"}) || skip({"on", "the", "weekend"}))
      return good(next_weekday(6, true), 0.7);
    return read_distance();
  }

  year_month_day first_of_month(int ahead) const {
    const year_month_day now{today_};
    return year_month_day{now.year(), now.month(), chrono_day(1)} + std::chrono::months{ahead};
  }

  /// in 3 days, two weeks from now
  std::optional<said_date> read_distance() {
    const bool in = skip({"in"});
    std::optional<unsigned> count;
    if (skip({"a", "couple", "of"}))
      count = 2;
    else if (skip({"a"}) || skip({"an"}))
      count = 1;
    else
      count = small_number(in_, at_, at_);
    if (!count || at_ >= in_.size())
      return std::nullopt;
    const auto unit = in_[at_].text;
    ++at_;
    const bool behind = skip({"from", "now"}) || skip({"from", "today"});
    if (!in && !behind)
      return std::nullopt;
    const auto n = static_cast<int>(*count);
    if (unit == "day" || unit == "days")
      return good(today_ + days{n});
    if (unit == "week" || unit == "weeks")
      return good(today_ + days{7 * n}, 0.9);
    if (unit == "month" || unit == "months")
      return good(add_months(today_, n), 0.8);
    if (unit == "year" || unit == "years")
      return good(add_months(today_, 12 * n), 0.7);
    return std::nullopt;
  }

  sys_days next_weekday(unsigned wanted, bool today_counts) const {
    const auto ahead = (std::chrono::weekday{wanted} - std::chrono::weekday{today_}).count();
    return today_ + days{ahead == 0 && !today_counts ? 7 : ahead};
  }

  /// Monday, on Monday, next Monday: the first one that comes.
  std::optional<said_date> read_weekday() {
    const bool next = skip({"next"}) || skip({"the", "next"});
    if (!next && !skip({"this"}))
      skip({"on"});
    const auto day = at_ < in_.size() ? weekday_of(in_[at_].text) : std::nullopt;
    if (!day || in_[at_].kind != word_kind::word)
      return std::nullopt;
    ++at_;
    const auto found = next_weekday(*day, false);
    // "next Friday" said on a Tuesday: some mean the one of the week after.
    const auto week_end = today_ + days{(7 - static_cast<int>(std::chrono::weekday{today_}.iso_encoding()))};
    return good(found, next && found <= week_end ? 0.7 : 0.9);
  }

  /// the 15th
  std::optional<said_date> read_day() {
    skip({"on"});
    if (!skip({"the"}))
      return std::nullopt;
    const auto before = at_;
    const auto d = day_number();
    if (!d || at_ < before + 2)
      return std::nullopt;
    for (int ahead = 0; ahead < 12; ++ahead) {
      const auto first = first_of_month(ahead);
      const year_month_day day{first.year(), first.month(), chrono_day(*d)};
      if (day.ok() && sys_days{day} >= today_)
        return good(day, 0.8);
    }
    return std::nullopt;
  }

  const words& in_;
  sys_days today_;
  order order_;
  std::size_t at_ = 0;
};

} // namespace

std::vector<said_date> find_dates(const words& in, sys_days today, std::string_view language) {
  std::vector<said_date> out;
  date_reader reader{in, today, language};
  for (std::size_t at = 0; at < in.size();) {
    auto found = reader.read(at);
    at = found ? found->where.last : at + 1;
    if (found)
      out.push_back(std::move(*found));
  }
  return out;
}

std::string iso_date(year_month_day day) {
  std::array<char, 32> out{};
  const auto length = std::snprintf(out.data(), out.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                                    static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return {out.data(), static_cast<std::size_t>(length)};
}

std::optional<unsigned> weekday_of(std::string_view word) {
  if (word.size() > 3 && word.ends_with('s') && word != "tues" && word != "weds" && word != "thurs")
    word.remove_suffix(1);
  for (unsigned i = 0; i < weekdays.size(); ++i)
    if (word == weekdays[i] || word == weekdays[i].substr(0, 3) || compare(word, weekdays[i]) == likeness::misspelt)
      return i;
  if (word == "tues")
    return 2;
  if (word == "weds" || word == "wensday" || word == "wendsday")
    return 3;
  if (word == "thur" || word == "thurs" || word == "thu")
    return 4;
  return std::nullopt;
}

} // namespace troupe::actors::conversation
