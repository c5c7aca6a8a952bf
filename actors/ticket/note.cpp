#include "actors/ticket/note.hpp"

#include <algorithm>
#include <numeric>

#include "actors/text/text.hpp"
#include "actors/ticket/job_core.hpp"
#include "actors/ticket/markdown.hpp"

namespace troupe::actors::ticket {

namespace {

/// Desks take notes of about 10 kB: text without spaces must not slip through a limit of words.
constexpr std::size_t bytes_per_word = 16;

constexpr std::size_t sections = section_titles.size();

std::size_t cost(std::string_view text) {
  return std::max(count_words(text), (text.size() + bytes_per_word - 1) / bytes_per_word);
}

/// Line by line, so that parts of a text cost as much as the whole.
std::size_t cost_of_lines(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    sum += cost(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return sum;
}

/// Whether Markdown's paired signs are closed at the end of `text`.
bool is_balanced(std::string_view text) {
  long brackets = 0;
  std::size_t ticks = 0;
  std::size_t stars = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '`')
      ++ticks;
    else if (text[i] == '*' && (i == 0 || text[i - 1] != '*') && text.substr(i, 2) != "* ")
      ++stars; // a run of them counts as one; a list's sign is none
    else if (text[i] == '[')
      ++brackets;
    else if (text[i] == ']')
      --brackets;
  }
  return brackets == 0 && ticks % 2 == 0 && stars % 2 == 0;
}

/// The sentences of a line that fit, as a prefix of it.
std::string_view fitting_sentences(std::string_view line, std::size_t allowance) {
  std::string_view best;
  for (const auto sentence : sentences(line)) {
    const auto prefix = line.substr(0, static_cast<std::size_t>(sentence.end() - line.begin()));
    if (cost(prefix) > allowance)
      break;
    if (is_balanced(prefix) && prefix.size() < line.size())
      best = prefix;
  }
  return best;
}

/// As many words as fit, with Markdown's signs taken out where the cut leaves them open.
std::string fitting_words(std::string_view line, std::size_t allowance) {
  auto start = cut_bytes(first_words(line, allowance), allowance * bytes_per_word - bytes_per_word / 4);
  std::string out{trim(start)};
  if (!is_balanced(out))
    std::erase_if(out, [](char c) { return c == '*' || c == '`' || c == '[' || c == ']' || c == '\\'; });
  out += "\xE2\x80\xA6";
  return out;
}

std::string fit(std::string_view text, std::size_t allowance) {
  std::string out;
  std::size_t spent = 0;
  bool fenced = false;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool fence = is_code_fence(line);
    // An open fence needs room for its end.
    const std::size_t reserve = fenced != fence ? 1 : 0;
    if (spent + cost(line) + reserve <= allowance) {
      out += line;
      out += '\n';
      spent += cost(line);
      fenced = fenced != fence;
      continue;
    }
    if (!fenced && !fence && allowance > spent) {
      if (const auto part = fitting_sentences(line, allowance - spent); !part.empty())
        out += part;
      else if (spent == 0)
        out += fitting_words(line, allowance);
    }
    break;
  }
  if (fenced)
    out += "```\n";
  while (!out.empty() && is_space(out.back()))
    out.pop_back();
  return out;
}

/// Shares `budget` out: who needs less than an even share gets what it needs, the others share the rest.
std::array<std::size_t, sections> share(const std::array<std::size_t, sections>& needs, std::size_t budget) {
  std::array<std::size_t, sections> order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return needs[a] < needs[b]; });
  std::array<std::size_t, sections> shares{};
  auto waiting = order.size();
  for (const auto i : order) {
    shares[i] = std::min(needs[i], budget / waiting--);
    budget -= shares[i];
  }
  return shares;
}

} // namespace

rendered_note render(const note& what, std::size_t word_limit, std::string_view job_id) {
  const auto marker = marker_of(job_id);
  auto fixed = count_words(marker);
  for (const auto title : section_titles)
    fixed += 1 + count_words(title);
  const auto budget = word_limit - std::min(word_limit, fixed);

  std::array<std::size_t, sections> needs{};
  std::transform(what.body.begin(), what.body.end(), needs.begin(), cost_of_lines);
  const auto shares = share(needs, budget);

  rendered_note out;
  std::size_t size = marker.size();
  for (const auto& text : what.body)
    size += text.size() + 32;
  out.markdown.reserve(size);
  for (std::size_t i = 0; i < sections; ++i) {
    out.markdown += "## ";
    out.markdown += section_titles[i];
    out.markdown += "\n\n";
    if (needs[i] <= shares[i]) {
      out.markdown += what.body[i];
    } else {
      out.markdown += fit(what.body[i], shares[i]);
      out.cut = true;
    }
    out.markdown += "\n\n";
  }
  out.markdown += marker;
  return out;
}

} // namespace troupe::actors::ticket
