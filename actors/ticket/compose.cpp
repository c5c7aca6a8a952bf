#include "actors/ticket/compose.hpp"

#include <algorithm>
#include <vector>

#include "actors/text/text.hpp"
#include "actors/ticket/advice.hpp"
#include "actors/ticket/markdown.hpp"

namespace troupe::actors::ticket {

namespace {

constexpr std::size_t words_of_resolution = 40;
constexpr std::size_t words_of_summary = 25;
constexpr std::size_t most_steps = 5;

/// What came of asking a source, in its own words.
struct source_words {
  std::string_view nothing;
  std::string_view failed;
  std::string_view timed_out;
  std::string_view off;
  std::string_view cached;
};

constexpr source_words ticket_words{"No similar tickets found.", "The ticket history could not be searched.",
                                    "The ticket history did not answer in time.",
                                    "Searching past tickets is switched off.",
                                    "The ticket history did not answer; these come from an earlier search."};
constexpr source_words article_words{"No matching articles found.", "The knowledge base could not be reached.",
                                     "The knowledge base did not answer in time.",
                                     "Searching the knowledge base is switched off.",
                                     "The knowledge base could not be reached; these come from an earlier search."};
constexpr source_words asset_words{"No known systems found.", "The inventory could not be read.",
                                   "The inventory did not answer in time.", "Looking up systems is switched off.",
                                   "The inventory could not be read; these come from an earlier look."};

std::string_view absence(const source_report& source, const source_words& words) {
  switch (source.status) {
  case source_status::failed:
    return words.failed;
  case source_status::timed_out:
    return words.timed_out;
  case source_status::off:
    return words.off;
  default:
    return words.nothing;
  }
}

void add_line(std::string& out, std::string_view text) {
  if (!out.empty())
    out += '\n';
  out += text;
}

/// One section's closing remark, apart from its list.
void close_section(std::string& out, const source_report& source, const source_words& words) {
  if (out.empty())
    out = absence(source, words);
  else if (source.status == source_status::cached)
    out.append("\n\n").append(words.cached);
}

std::string bold(std::string_view text) {
  auto escaped = escape_markdown(text);
  return escaped.empty() ? std::string{"(no id)"} : "**" + escaped + "**";
}

void end_sentence(std::string& out) {
  if (!out.empty() && out.back() != '.' && out.back() != '!' && out.back() != '?')
    out += '.';
}

std::string similar_tickets(const term_set& subject, const findings& found,
                            const std::vector<const storage::past_ticket*>& alike) {
  std::string out;
  for (const auto* past : alike) {
    if (!past)
      continue;
    std::string item = "- " + bold(past->id) + ' ' + escape_markdown(past->subject);
    if (!past->resolved_at.empty())
      item += " (resolved " + escape_markdown(cut_bytes(past->resolved_at, 10)) + ')';
    item += ": ";
    const auto resolution = key_sentences(subject, past->resolution, words_of_resolution);
    item += resolution.empty() ? "no resolution recorded" : escape_markdown(resolution);
    end_sentence(item);
    add_line(out, item);
  }
  close_section(out, found.tickets_source, ticket_words);
  return out;
}

std::string title_of(const storage::article& article) {
  auto title = escape_markdown(article.title.empty() ? article.id : article.title);
  if (title.empty())
    title = "untitled";
  if (const auto target = link_target(article.url))
    return '[' + title + "](" + *target + ')';
  return "**" + title + "**";
}

std::string documentation(const findings& found) {
  std::string out;
  for (const auto& hit : found.articles) {
    std::string item = "- " + title_of(hit.article);
    const auto summary = clean(hit.article.summary);
    if (const auto all = sentences(summary); !all.empty()) {
      const auto first = first_words(all.front(), words_of_summary);
      item += ": " + escape_markdown(first);
      if (first.size() < all.front().size())
        item += "\xE2\x80\xA6";
      else
        end_sentence(item);
    }
    add_line(out, item);
  }
  close_section(out, found.articles_source, article_words);
  return out;
}

std::string system_info(const findings& found) {
  std::string out;
  for (const auto& system : found.systems) {
    std::string item = "- " + bold(system.address) + ": ";
    const auto& asset = system.asset;
    item += asset.hostname.empty() ? "host unknown" : "host " + escape_markdown(asset.hostname);
    const auto add = [&](const char* name, const std::string& value) {
      if (!value.empty())
        item += std::string{", "} + name + ' ' + escape_markdown(value);
    };
    add("role", asset.role);
    add("client", asset.client);
    add("location", asset.location);
    add_line(out, item);
  }
  for (const auto& address : found.unknown_addresses)
    add_line(out, "- " + bold(address) + ": not in the inventory");
  close_section(out, found.assets_source, asset_words);
  return out;
}

/// Numbers the steps as they come.
class steps_list {
public:
  void add(const std::string& text) {
    add_line(text_, std::to_string(++count_) + ". " + text);
  }

  std::string take() {
    return std::move(text_);
  }

private:
  std::string text_;
  std::size_t count_ = 0;
};

std::string recommendations(const note_context& context, const term_set& subject,
                            const std::vector<const storage::past_ticket*>& alike) {
  const auto& found = context.found;
  steps_list out;
  const auto steps = next_steps(subject, alike, most_steps);
  for (const auto& next : steps)
    out.add((next.is_action ? "" : "Check whether the same holds here: ") + escape_markdown(next.text) + " (as in "
            + bold(alike[next.source]->id) + ").");
  if (!found.articles.empty())
    out.add((steps.empty() ? "Work through " : "Compare with ") + title_of(found.articles.front().article) + '.');
  if (!found.systems.empty()) {
    const auto& first = found.systems.front();
    out.add("Check the state of " + (first.asset.hostname.empty() ? "" : escape_markdown(first.asset.hostname) + ", ")
            + bold(first.address) + ", which the ticket names.");
  }
  if (found.tickets_source.status == source_status::timed_out || found.tickets_source.status == source_status::failed)
    out.add("Search the ticket history by hand: it gave no answer when this note was composed.");
  if (steps.empty() && found.articles.empty())
    out.add("Nothing on record matches this ticket: ask the requester for the exact error message, since when it "
            "happens and who else is affected, then decide whom to involve.");
  else
    out.add("If this doesn't help, ask the requester for the exact error message and since when it happens, and "
            "escalate with the findings above.");
  return out.take();
}

} // namespace

extractive_composer::extractive_composer(const note_context& context) : context_{context} {}

std::string extractive_composer::compose(section which) {
  switch (which) {
  case section::similar_tickets:
    compare();
    return similar_tickets(*subject_, context_.found, alike_);
  case section::documentation:
    return documentation(context_.found);
  case section::system_info:
    return system_info(context_.found);
  case section::recommendations:
    compare();
    return recommendations(context_, *subject_, alike_);
  }
  return {};
}

void extractive_composer::compare() {
  if (subject_)
    return;
  subject_ = subject_of(context_.ticket);
  for (const auto& hit : context_.found.tickets)
    alike_.push_back(resembles(*subject_, hit.ticket) ? &hit.ticket : nullptr);
}

std::string compose_extractive(const note_context& context) {
  extractive_composer composer{context};
  note all;
  for (std::size_t i = 0; i < all.body.size(); ++i)
    all.body[i] = composer.compose(static_cast<section>(i));
  return render(all, context.workflow.word_limit, context.job_id).markdown;
}

} // namespace troupe::actors::ticket
