#include "actors/ticket/note_check.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "actors/text/text.hpp"
#include "actors/ticket/compose.hpp"
#include "actors/ticket/markdown.hpp"
#include "actors/ticket/model_markdown.hpp"

namespace troupe::actors::ticket {

namespace {

/// More of a reply isn't read: what is cut off to reach the word limit anyway costs no time.
constexpr std::size_t longest_reply = 65'536;
constexpr std::size_t longest_line = 4'000;

/// Fewer words without any heading are an excuse rather than a note.
constexpr std::size_t least_words = 8;

/// What models call the sections. In lower case, without signs.
constexpr std::array<std::pair<std::string_view, section>, 20> names{{
    {"similar tickets", section::similar_tickets},
    {"similar ticket", section::similar_tickets},
    {"similar past tickets", section::similar_tickets},
    {"related tickets", section::similar_tickets},
    {"past tickets", section::similar_tickets},
    {"documentation", section::documentation},
    {"relevant documentation", section::documentation},
    {"related documentation", section::documentation},
    {"articles", section::documentation},
    {"knowledge base", section::documentation},
    {"system info", section::system_info},
    {"system information", section::system_info},
    {"systems", section::system_info},
    {"affected systems", section::system_info},
    {"recommendations", section::recommendations},
    {"recommendation", section::recommendations},
    {"recommended steps", section::recommendations},
    {"recommended next steps", section::recommendations},
    {"recommended actions", section::recommendations},
    {"next steps", section::recommendations},
}};

/// How replies begin that decline rather than answer. In lower case.
constexpr std::array<std::string_view, 12> refusals{"i'm sorry",    "i am sorry", "sorry, ",           "i cannot",
                                                    "i can't",      "i can’t",    "i'm unable",        "i am unable to",
                                                    "i'm not able", "as an ai",   "unfortunately, i ", "i’m sorry"};

std::optional<section> section_named(std::string_view title) {
  std::string plain;
  for (const char c : title) {
    if (is_letter(c))
      plain += lower(c);
    else if (c == ' ' && !plain.empty() && plain.back() != ' ')
      plain += ' ';
  }
  const auto name = trim(plain);
  const auto found = std::find_if(names.begin(), names.end(), [&](const auto& known) { return known.first == name; });
  return found == names.end() ? std::nullopt : std::optional{found->second};
}

struct heading {
  section which;
  std::string_view rest; ///< text after the heading on its line
};

/// `## Documentation`, `**Documentation:** text`, `2. Documentation`, `Documentation:`
std::optional<heading> heading_of(std::string_view line) {
  auto text = trim(line);
  if (text.empty() || text.size() > 200)
    return std::nullopt;
  if (text.starts_with("**") || text.starts_with("__")) {
    const auto end = text.find(text.substr(0, 2), 2);
    if (end == text.npos)
      return std::nullopt;
    if (const auto which = section_named(text.substr(2, end - 2))) {
      auto rest = trim(text.substr(end + 2));
      if (rest.starts_with(':'))
        rest = trim(rest.substr(1));
      return heading{*which, rest};
    }
    return std::nullopt;
  }
  if (text.front() == '-' || text.front() == '>' || text.size() > 60)
    return std::nullopt;
  if (const auto which = section_named(text))
    return heading{*which, {}};
  return std::nullopt;
}

bool is_reference_line(std::string_view line) {
  const auto at = line.find_first_not_of(" \t>*_`#-+\\");
  if (at == line.npos)
    return false;
  const auto start = line.substr(at);
  if (!starts_like(start, "ref"))
    return false;
  const auto colon = start.find_first_not_of(" *_`\\", 3);
  return colon != start.npos && start[colon] == ':';
}

/// A ruler, or the underline of a heading.
bool is_ruler(std::string_view line) {
  const auto text = trim(line);
  return text.size() >= 2 && text.find_first_not_of("-=_* ") == text.npos
         && text.find_first_not_of(text.front()) == text.find(' ');
}

/// A model that answers inside of one big code block means its content.
std::string_view without_outer_fence(std::string_view reply) {
  const auto text = trim(reply);
  if (!is_code_fence(text.substr(0, text.find('\n'))))
    return text;
  const auto body = text.substr(std::min(text.find('\n'), text.size() - 1) + 1);
  std::size_t fences = 0;
  std::size_t last = 0;
  for (std::size_t at = 0; at < body.size();) {
    const auto end = std::min(body.find('\n', at), body.size());
    if (is_code_fence(body.substr(at, end - at))) {
      ++fences;
      last = at;
    }
    at = end + 1;
  }
  // An even number of further ones: the first block ends within the text and is an example, or nothing ends it.
  if (fences % 2 == 0)
    return fences == 0 ? body : text;
  const auto after = body.substr(std::min(body.find('\n', last), body.size()));
  return trim(after).empty() ? body.substr(0, last) : text;
}

/// What can be read of a reply, by section.
class reply_reader {
public:
  explicit reply_reader(const references& known) : known_{known} {}

  void read(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      cut_lines_ += end > longest_line ? 1 : 0;
      line(cut_bytes(text.substr(0, end), longest_line));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    close_fence();
  }

  bool has_headings() const {
    return headings_;
  }

  /// Text before the first heading.
  std::string& preamble() {
    return preamble_;
  }

  note& sections() {
    return sections_;
  }

  std::size_t unknown_ids() const {
    return unknown_ids_;
  }

  const removals& removed() const {
    return removed_;
  }

  /// Lines that looked like a note's reference.
  std::size_t forged() const {
    return forged_;
  }

  /// Lines too long to be read whole.
  std::size_t cut_lines() const {
    return cut_lines_;
  }

private:
  void line(std::string_view raw) {
    if (is_code_fence(raw)) {
      fenced_ = !fenced_;
      add("```");
      return;
    }
    if (fenced_) {
      // A line that only became a fence must not end the block.
      if (const auto safe = safe_code(raw, known_, removed_); !is_code_fence(safe))
        add(safe);
      return;
    }
    if (const auto found = heading_of(raw)) {
      headings_ = true;
      current_ = &sections_[found->which];
      in_similar_ = found->which == section::similar_tickets;
      if (!found->rest.empty())
        text_line(found->rest);
      return;
    }
    text_line(raw);
  }

  void text_line(std::string_view raw) {
    if (is_reference_line(raw)) {
      ++forged_;
      return;
    }
    if (is_ruler(raw))
      return;
    auto safe = safe_markdown(raw, known_);
    unknown_ids_ += safe.unknown_ids;
    removed_.html += safe.removed.html;
    removed_.links += safe.removed.links;
    // A past ticket that nobody found is no similar ticket.
    if (in_similar_ && safe.unknown_ids > 0 && safe.known_ids == 0)
      return;
    add(safe.text);
  }

  void add(std::string_view text) {
    const bool blank = trim(text).empty();
    if (blank && (current_->empty() || current_->ends_with("\n\n")))
      return;
    if (!blank)
      *current_ += text;
    *current_ += '\n';
  }

  void close_fence() {
    if (std::exchange(fenced_, false))
      add("```");
  }

  const references& known_;
  note sections_;
  std::string preamble_;
  std::string* current_ = &preamble_;
  removals removed_;
  std::size_t unknown_ids_ = 0;
  std::size_t forged_ = 0;
  std::size_t cut_lines_ = 0;
  bool in_similar_ = false;
  bool fenced_ = false;
  bool headings_ = false;
};

bool declines(std::string_view text) {
  const auto start = lower(trim(text).substr(0, 32));
  return std::any_of(refusals.begin(), refusals.end(), [&](auto words) { return start.starts_with(words); });
}

/// Whether most of a text is letters, as in every language.
bool is_language(std::string_view text) {
  const auto visible = std::count_if(text.begin(), text.end(), [](char c) { return !is_space(c); });
  const auto letters =
      std::count_if(text.begin(), text.end(), [](char c) { return is_letter(c) || static_cast<signed char>(c) < 0; });
  return visible > 0 && 2 * letters > visible && text.find("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") == text.npos;
}

void add_remark(std::string& remarks, std::string_view more) {
  if (!remarks.empty())
    remarks += "; ";
  remarks += more;
}

void count_remark(std::string& remarks, std::string_view what, std::size_t count) {
  if (count > 0)
    add_remark(remarks, std::string{what} + ": " + std::to_string(count));
}

/// One remark for each kind of thing that was taken out, with how many there were.
void remark_removals(std::string& remarks, const reply_reader& reader, removals removed, const cleaning& cleaned) {
  count_remark(remarks, "HTML removed", removed.html + reader.removed().html);
  count_remark(remarks, "links or images removed", removed.links + reader.removed().links);
  count_remark(remarks, "reference lines removed", reader.forged());
  count_remark(remarks, "invisible characters removed", cleaned.invisible);
  count_remark(remarks, "bytes replaced that were no UTF-8", cleaned.not_utf8);
  count_remark(remarks, "lines cut to " + std::to_string(longest_line) + " bytes", reader.cut_lines());
}

bool is_blank(std::string_view text) {
  return std::none_of(text.begin(), text.end(), is_word_byte);
}

/// Why nothing of the reply can be used; empty when something can.
std::string_view unusable(std::string_view text, std::string_view finish_reason, const reply_reader& reader) {
  if (finish_reason == "content_filter")
    return "the provider's content filter cut the model's text";
  if (is_blank(text))
    return "the model's text was empty";
  if (!reader.has_headings() && declines(text))
    return "the model declined";
  if (!is_language(text) || text.front() == '{')
    return "the model's text was no note";
  if (!reader.has_headings() && count_words(text) < least_words)
    return "the model's text was too short for a note";
  return {};
}

/// Without findings there is nothing that a model could truly say of them.
bool is_groundless(section which, const findings& found) {
  return (which == section::similar_tickets && found.tickets.empty())
         || (which == section::documentation && found.articles.empty());
}

void fill_gaps(note& sections, const note_context& context, bool remarks_gaps, std::string& remark) {
  extractive_composer own{context};
  for (std::size_t i = 0; i < section_titles.size(); ++i) {
    const auto which = static_cast<section>(i);
    const bool groundless = is_groundless(which, context.found);
    auto& text = sections[which];
    while (!text.empty() && is_space(text.back()))
      text.pop_back();
    if (!is_blank(text) && !groundless)
      continue;
    if (!groundless && remarks_gaps)
      add_remark(remark, std::string{section_titles[i]} + " was missing and composed from the findings");
    text = own.compose(which);
  }
}

} // namespace

checked_note check_note(std::string_view reply, std::string_view finish_reason, const note_context& context) {
  cleaning cleaned;
  removals removed;
  const auto shown = without_hidden_parts(clean(cut_bytes(reply, longest_reply), cleaned), removed);
  const auto text = without_outer_fence(shown);
  const references known{context};
  reply_reader reader{known};
  reader.read(text);

  checked_note out;
  if (const auto why = unusable(text, finish_reason, reader); !why.empty()) {
    out.markdown = compose_extractive(context);
    out.remark = why;
    return out;
  }
  out.by_model = true;
  if (finish_reason == "length")
    add_remark(out.remark, "the model's own limit cut its text");
  if (!reader.has_headings()) {
    reader.sections()[section::recommendations] = std::move(reader.preamble());
    add_remark(out.remark, "the model's text had no sections and became the recommendations");
  }
  if (reader.unknown_ids() > 0)
    add_remark(out.remark, "the model cited tickets or articles that were not found");
  remark_removals(out.remark, reader, removed, cleaned);
  if (reply.size() > longest_reply)
    add_remark(out.remark, "only its first " + std::to_string(longest_reply) + " bytes were read");
  fill_gaps(reader.sections(), context, reader.has_headings(), out.remark);
  auto rendered = render(reader.sections(), context.workflow.word_limit, context.job_id);
  if (rendered.cut)
    add_remark(out.remark, "cut to " + std::to_string(context.workflow.word_limit) + " words");
  out.markdown = std::move(rendered.markdown);
  return out;
}

} // namespace troupe::actors::ticket
