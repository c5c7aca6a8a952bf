#include "actors/ticket/findings.hpp"

#include <algorithm>

#include "actors/text/text.hpp"

namespace troupe::actors::ticket {

namespace {

constexpr std::size_t name_bytes = 250;
constexpr std::size_t description_bytes = 400;
constexpr std::size_t resolution_bytes = 1'500;
constexpr std::size_t summary_bytes = 600;
constexpr std::size_t url_bytes = 500;
constexpr std::size_t addresses = 8;

void limit(std::string& text, std::size_t bytes) {
  if (text.size() > bytes)
    text = shorten(text, bytes);
}

template <class T>
void limit(std::vector<T>& list, std::size_t size) {
  if (list.size() > size)
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(size), list.end());
}

void bound(storage::past_ticket& ticket) {
  limit(ticket.id, name_bytes);
  limit(ticket.subject, name_bytes);
  limit(ticket.description, description_bytes);
  limit(ticket.resolution, resolution_bytes);
  limit(ticket.resolved_at, name_bytes);
}

void bound(storage::article& article) {
  // The body only stands in for a summary that is missing.
  if (article.summary.empty())
    article.summary = std::move(article.body);
  std::string{}.swap(article.body);
  limit(article.id, name_bytes);
  limit(article.title, name_bytes);
  limit(article.summary, summary_bytes);
  // Half an address leads nowhere.
  if (article.url.size() > url_bytes)
    article.url.clear();
}

void bound(storage::asset& asset) {
  limit(asset.addresses, addresses);
  for (auto* field : {&asset.hostname, &asset.role, &asset.client, &asset.location})
    limit(*field, name_bytes);
}

} // namespace

findings bounded(findings found, const config::ticket_workflow& workflow) {
  limit(found.tickets, workflow.tickets.limit);
  limit(found.articles, workflow.articles.limit);
  limit(found.systems, workflow.assets.limit);
  limit(found.unknown_addresses, workflow.assets.limit);
  for (auto& hit : found.tickets)
    bound(hit.ticket);
  for (auto& hit : found.articles)
    bound(hit.article);
  for (auto& system : found.systems)
    bound(system.asset);
  return found;
}

} // namespace troupe::actors::ticket
