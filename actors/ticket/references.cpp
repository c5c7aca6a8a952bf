#include "actors/ticket/references.hpp"

#include <algorithm>

#include "actors/text/text.hpp"
#include "actors/ticket/markdown.hpp"

namespace troupe::actors::ticket {

namespace {

constexpr std::size_t longest_prefix = 8;

std::string prefix_of(std::string_view id) {
  std::size_t end = 0;
  while (end < id.size() && is_letter(id[end]))
    ++end;
  return lower(id.substr(0, end));
}

std::size_t letters_at(std::string_view text, std::size_t at) {
  const auto from = at;
  while (at < text.size() && is_letter(text[at]))
    ++at;
  return at - from;
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  const auto from = at;
  while (at < text.size() && is_digit(text[at]))
    ++at;
  return at - from;
}

} // namespace

references::references(const note_context& context)
    : prefixes_{"inc", "req", "ritm", "task", "chg", "prb", "kb", "kba", "tkt", "ticket", "case", "article"} {
  texts_ = {context.ticket.ticket_id, context.ticket.subject, context.ticket.description};
  const auto know = [this](const std::string& id) {
    texts_.push_back(id);
    if (auto prefix = prefix_of(id); !prefix.empty() && prefix.size() <= longest_prefix)
      prefixes_.push_back(std::move(prefix));
  };
  for (const auto& hit : context.found.tickets) {
    know(hit.ticket.id);
    texts_.insert(texts_.end(), {hit.ticket.subject, hit.ticket.description, hit.ticket.resolution});
  }
  for (const auto& hit : context.found.articles) {
    know(hit.article.id);
    texts_.insert(texts_.end(), {hit.article.title, hit.article.summary});
    if (auto target = link_target(hit.article.url))
      links_.emplace_back(trim(hit.article.url), std::move(*target));
  }
  for (const auto& system : context.found.systems)
    texts_.insert(texts_.end(), {system.address, system.asset.hostname, system.asset.role});
}

std::optional<std::string> references::link(std::string_view url) const {
  for (const auto& [known, target] : links_)
    if (url == known || url == target)
      return target;
  return std::nullopt;
}

bool references::mentions(std::string_view text) const {
  return std::any_of(texts_.begin(), texts_.end(), [&](std::string_view known) {
    for (auto at = known.find(text); at != known.npos; at = known.find(text, at + 1)) {
      const auto end = at + text.size();
      if ((at == 0 || !is_word_byte(known[at - 1])) && (end == known.size() || !is_word_byte(known[end])))
        return true;
    }
    return false;
  });
}

std::size_t references::id_at(std::string_view text, std::size_t at) const {
  if (at > 0 && (is_word_byte(text[at - 1]) || text[at - 1] == '-' || text[at - 1] == '&'))
    return 0;
  std::size_t end = at;
  if (text[at] == '#') {
    ++end;
  } else {
    const auto letters = letters_at(text, at);
    if (letters < 2 || letters > longest_prefix)
      return 0;
    end += letters;
    const auto name = text.substr(at, letters);
    if (end < text.size() && (text[end] == '-' || text[end] == '#' || text[end] == ' '))
      ++end;
    // Most words end here.
    if (end >= text.size() || !is_digit(text[end]))
      return 0;
    const auto known = [&](const std::string& prefix) { return prefix.size() == letters && starts_like(name, prefix); };
    if (std::none_of(prefixes_.begin(), prefixes_.end(), known))
      return 0;
  }
  const auto digits = digits_at(text, end);
  end += digits;
  if (digits < 2 || (end < text.size() && is_word_byte(text[end])))
    return 0;
  return end - at;
}

} // namespace troupe::actors::ticket
