#include "actors/ticket/model_markdown.hpp"

#include <algorithm>
#include <array>

#include "actors/text/text.hpp"
#include "actors/ticket/markdown.hpp"

namespace troupe::actors::ticket {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view removed_link = "(link removed)";
constexpr int deepest_link = 3;

/// Elements of HTML and SVG. Other names in angle brackets are placeholders such as `<hostname>`. Sorted.
constexpr std::array<std::string_view, 88> elements{
    "a",      "abbr",    "address",  "animate",  "applet", "area",    "article", "aside",   "audio",    "b",
    "base",   "bdo",     "big",      "blink",    "body",   "br",      "button",  "canvas",  "center",   "cite",
    "code",   "col",     "datalist", "dd",       "del",    "details", "dialog",  "div",     "dl",       "dt",
    "em",     "embed",   "fieldset", "figure",   "font",   "footer",  "form",    "frame",   "frameset", "h1",
    "h2",     "h3",      "h4",       "h5",       "h6",     "head",    "header",  "hr",      "html",     "i",
    "iframe", "image",   "img",      "input",    "ins",    "isindex", "label",   "li",      "link",     "marquee",
    "math",   "meta",    "noscript", "object",   "ol",     "p",       "param",   "picture", "pre",      "s",
    "script", "section", "small",    "source",   "span",   "strong",  "style",   "sub",     "summary",  "sup",
    "svg",    "table",   "template", "textarea", "title",  "u",       "ul",      "video"};
static_assert(std::is_sorted(elements.begin(), elements.end()));

/// Those whose content is no text for readers.
constexpr std::array<std::string_view, 11> hidden{"iframe",   "noscript", "object", "script",   "style", "svg",
                                                  "template", "textarea", "think",  "thinking", "title"};

/// Further elements that only tables hold.
constexpr std::array<std::string_view, 7> table_parts{"caption", "tbody", "td", "tfoot", "th", "thead", "tr"};

bool is_element(std::string_view name) {
  return std::binary_search(elements.begin(), elements.end(), name)
         || std::find(table_parts.begin(), table_parts.end(), name) != table_parts.end()
         || std::find(hidden.begin(), hidden.end(), name) != hidden.end();
}

/// What reasoning models think before they write.
bool is_thought(std::string_view name) {
  return name == "think" || name == "thinking";
}

/// The lower-case name of the tag that starts at `at` with `<`; empty if none does.
std::string tag_name(std::string_view text, std::size_t at) {
  auto from = at + 1;
  if (from < text.size() && text[from] == '/')
    ++from;
  auto end = from;
  while (end < text.size() && (is_letter(text[end]) || (end > from && is_digit(text[end]))))
    ++end;
  return lower(text.substr(from, end - from));
}

std::size_t find_lower(std::string_view text, std::string_view what, std::size_t from) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; };
  const auto found =
      std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), what.begin(), what.end(), same);
  return found == text.end() ? npos : static_cast<std::size_t>(found - text.begin());
}

bool is_plain_entity(std::string_view text) {
  return text.starts_with("&amp;") || text.starts_with("&lt;") || text.starts_with("&gt;") || text.starts_with("&quot;")
         || text.starts_with("&nbsp;");
}

/// The sign that closes what `open` opened at `at`, signs in between and escapes regarded.
std::size_t closing(std::string_view text, std::size_t at, char open, char close) {
  std::size_t depth = 0;
  for (auto i = at; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == open)
      ++depth;
    else if (text[i] == close && --depth == 0)
      return i;
  }
  return npos;
}

/// A link's address without its angle brackets and title.
std::string_view destination(std::string_view inside) {
  auto text = trim(inside);
  if (text.starts_with('<'))
    return text.substr(1, std::min(text.find('>'), text.size()) - 1);
  std::size_t end = 0;
  while (end < text.size() && !is_space(text[end]))
    ++end;
  return text.substr(0, end);
}

class line_writer {
public:
  line_writer(const references& known, safe_line& out, int depth) : known_{known}, out_{out}, depth_{depth} {}

  void write(std::string_view line) {
    line_ = line;
    for (at_ = 0; at_ < line_.size();)
      step();
  }

private:
  void step() {
    const char c = line_[at_];
    switch (c) {
    case '\\':
      escape();
      return;
    case '`':
      code();
      return;
    case '<':
      tag();
      return;
    case '!':
      if (at_ + 1 < line_.size() && line_[at_ + 1] == '[')
        link(true);
      else
        take(1);
      return;
    case '[':
      link(false);
      return;
    case ']':
      out_.text += '\\';
      take(1);
      return;
    case '&':
      entity();
      return;
    default:
      word();
    }
  }

  void take(std::size_t count) {
    out_.text.append(line_, at_, count);
    at_ += count;
  }

  void escape() {
    if (at_ + 1 == line_.size()) {
      // A lone backslash would break the line, or escape what follows.
      ++at_;
      return;
    }
    const char next = line_[at_ + 1];
    const bool sign = next > ' ' && next < 0x7F && !is_word_byte(next);
    take(sign ? 2 : 1);
  }

  void code() {
    const auto end = std::min(line_.find_first_not_of('`', at_), line_.size());
    const auto ticks = line_.substr(at_, end - at_);
    for (auto close = line_.find('`', end); close != npos;) {
      const auto past = std::min(line_.find_first_not_of('`', close), line_.size());
      if (past - close == ticks.size()) {
        inline_code(safe_code(line_.substr(end, close - end), known_, out_.removed));
        at_ = past;
        return;
      }
      close = line_.find('`', past);
    }
    // Nothing closes it on this line: it must not reach into the next ones.
    at_ = end;
  }

  void inline_code(std::string_view code) {
    code = trim(code);
    if (code.empty())
      return;
    // Backticks that touch others, or are as many as some within, would mean something else.
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : code)
      longest = std::max(longest, run = c == '`' ? run + 1 : 0);
    const std::string ticks(longest + 1, '`');
    const std::string_view gap = longest > 0 ? " " : "";
    if (out_.text.ends_with('`'))
      out_.text += ' ';
    out_.text.append(ticks).append(gap).append(code).append(gap).append(ticks);
  }

  void tag() {
    const char next = at_ + 1 < line_.size() ? line_[at_ + 1] : ' ';
    if (!is_letter(next) && next != '/' && next != '!' && next != '?') {
      out_.text += "\\";
      take(1);
      return;
    }
    if (const auto length = web_address_at(line_, at_ + 1); length > 0) {
      address(line_.substr(at_ + 1, length));
      at_ += 1 + length;
      at_ += at_ < line_.size() && line_[at_] == '>' ? 1 : 0;
      return;
    }
    const auto name = tag_name(line_, at_);
    const auto end = line_.find('>', at_);
    const auto inside = line_.substr(at_ + 1, std::min(end, line_.size()) - at_ - 1);
    const bool placeholder = !name.empty() && !is_element(name) && inside.find('=') == npos;
    if (placeholder) {
      out_.text += '\\';
      take(1);
      return;
    }
    ++out_.removed.html;
    if (end != npos) {
      at_ = end + 1;
      if (name == "br" || name == "p" || name == "li" || name == "div")
        out_.text += ' ';
    } else {
      at_ += std::min(line_.size() - at_, 1 + (next == '/' ? 1 : 0) + name.size());
    }
  }

  void link(bool image) {
    const auto open = at_ + (image ? 1 : 0);
    const auto close = closing(line_, open, '[', ']');
    if (close == npos || depth_ >= deepest_link) {
      at_ = open + 1;
      out_.text += "\\[";
      return;
    }
    const auto text = line_.substr(open + 1, close - open - 1);
    const char next = close + 1 < line_.size() ? line_[close + 1] : ' ';
    const auto end = next == '('   ? closing(line_, close + 1, '(', ')')
                     : next == '[' ? closing(line_, close + 1, '[', ']')
                                   : npos;
    if (end == npos && !image && next != '(') {
      at_ = open + 1;
      out_.text += "\\[";
      return;
    }
    safe_line inner;
    line_writer{known_, inner, depth_ + 1}.write(text);
    out_.known_ids += inner.known_ids;
    out_.unknown_ids += inner.unknown_ids;
    out_.removed.html += inner.removed.html;
    out_.removed.links += inner.removed.links;
    const auto target = !image && depth_ == 0 && next == '(' && end != npos
                            ? known_.link(destination(line_.substr(close + 2, end - close - 2)))
                            : std::nullopt;
    if (target) {
      out_.text += '[' + (inner.text.empty() ? *target : inner.text) + "](" + *target + ')';
    } else {
      out_.text += inner.text;
      ++out_.removed.links;
    }
    at_ = end == npos ? (next == '(' ? line_.size() : close + 1) : end + 1;
  }

  void entity() {
    const auto rest = line_.substr(at_);
    std::size_t end = 1;
    while (end < rest.size() && end < 40 && (is_letter(rest[end]) || is_digit(rest[end]) || rest[end] == '#'))
      ++end;
    if (end > 1 && end < rest.size() && rest[end] == ';' && !is_plain_entity(rest)) {
      out_.text += '\\';
      take(end);
    } else {
      take(1);
    }
  }

  void word() {
    if (const auto length = web_address_at(line_, at_); length > 0) {
      address(line_.substr(at_, length));
      at_ += length;
      return;
    }
    if (const auto length = known_.id_at(line_, at_); length > 0) {
      const auto id = line_.substr(at_, length);
      take(length);
      if (mentioned(id)) {
        ++out_.known_ids;
      } else {
        ++out_.unknown_ids;
        out_.text += " (unverified)";
      }
      return;
    }
    // The rest of the word can't start anything.
    take(1);
    while (at_ < line_.size() && is_word_byte(line_[at_]) && is_word_byte(line_[at_ - 1]))
      take(1);
  }

  bool mentioned(std::string_view id) const {
    const auto number = id.find_first_of("0123456789");
    return known_.mentions(id) || ((id[0] == '#' || id.find(' ') != npos) && known_.mentions(id.substr(number)));
  }

  void address(std::string_view url) {
    if (const auto target = known_.link(url); target && depth_ == 0) {
      out_.text += '<' + *target + '>';
    } else if (target || known_.mentions(url)) {
      inline_code(url);
    } else {
      out_.text += removed_link;
      ++out_.removed.links;
    }
  }

  const references& known_;
  safe_line& out_;
  int depth_;
  std::string_view line_;
  std::size_t at_ = 0;
};

/// Length of what makes a line part of a list or a quote.
std::size_t prefix_length(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size()) {
    const auto start = at;
    while (at < line.size() && line[at] == ' ')
      ++at;
    auto sign = at;
    while (sign < line.size() && is_digit(line[sign]))
      ++sign;
    const bool number = sign > at;
    if (sign == line.size())
      return start;
    const bool list =
        number ? line[sign] == '.' || line[sign] == ')' : line[sign] == '-' || line[sign] == '+' || line[sign] == '*';
    const bool spaced = sign + 1 == line.size() || line[sign + 1] == ' ';
    if (!(list && spaced) && !(line[sign] == '>' && !number))
      return at;
    at = sign + 1;
  }
  return at;
}

} // namespace

std::string without_hidden_parts(std::string_view text, removals& removed) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  for (auto sign = text.find('<'); sign != npos; sign = text.find('<', at)) {
    out += text.substr(at, sign - at);
    at = sign;
    if (text.substr(sign).starts_with("<!--")) {
      const auto end = text.find("-->", sign + 4);
      at = end == npos ? text.size() : end + 3;
      ++removed.html;
      continue;
    }
    const auto name = tag_name(text, sign);
    if (sign + 1 < text.size() && text[sign + 1] != '/'
        && std::find(hidden.begin(), hidden.end(), name) != hidden.end()) {
      const auto end = find_lower(text, "</" + name, sign);
      const auto past = end == npos ? npos : text.find('>', end);
      at = past == npos ? text.size() : past + 1;
      removed.html += is_thought(name) ? 0 : 1;
      continue;
    }
    out += '<';
    at = sign + 1;
  }
  out += text.substr(at);
  return out;
}

safe_line safe_markdown(std::string_view line, const references& known) {
  const auto prefix = prefix_length(line);
  auto rest = trim(line.substr(prefix));
  const auto level = std::min(rest.find_first_not_of('#'), rest.size());
  const bool heading = level >= 1 && level <= 6 && (level == rest.size() || rest[level] == ' ');
  if (heading) {
    rest = trim(rest.substr(level));
    while (!rest.empty() && (rest.back() == '#' || is_space(rest.back())))
      rest.remove_suffix(1);
  }
  safe_line out;
  out.text.reserve(line.size() + 16);
  line_writer{known, out, 0}.write(rest);
  defuse_references(out.text);
  auto body = std::string{trim(out.text)};
  if (std::none_of(body.begin(), body.end(), is_word_byte)) {
    // Signs alone are rulers, or underline the line before them; so does the sign of an empty item.
    out.text.clear();
    return out;
  }
  // What was taken out may have stood before a sign that means something at a line's start.
  if (const auto sign = block_sign(body); sign != npos)
    body.insert(sign, 1, '\\');
  if (heading && body.find('*') == npos)
    body = "**" + body + "**";
  out.text.assign(line.substr(0, prefix)).append(body);
  return out;
}

std::string safe_code(std::string_view line, const references& known, removals& removed) {
  std::string out;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == '<') {
      const auto end = line.find('>', i);
      if (end != npos && is_element(tag_name(line, i))) {
        ++removed.html;
        i = end + 1;
        continue;
      }
    } else if (const auto length = web_address_at(line, i); length > 0) {
      const auto url = line.substr(i, length);
      const bool kept = known.link(url) || known.mentions(url);
      out += kept ? url : removed_link;
      removed.links += kept ? 0 : 1;
      i += length;
      continue;
    }
    out += line[i++];
  }
  defuse_references(out);
  return out;
}

} // namespace troupe::actors::ticket
