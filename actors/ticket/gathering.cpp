#include "actors/ticket/gathering.hpp"

#include <algorithm>
#include <utility>

#include "config/log.hpp"

namespace troupe::actors::ticket {

namespace {

source_status status_of(search::source_status status) {
  switch (status) {
  case search::source_status::ok:
    return source_status::ok;
  case search::source_status::empty:
    return source_status::empty;
  case search::source_status::cached:
    return source_status::cached;
  case search::source_status::failed:
    return source_status::failed;
  }
  return source_status::failed;
}

const char* name_of(gathering::source which) {
  switch (which) {
  case gathering::source::tickets:
    return "tickets";
  case gathering::source::articles:
    return "articles";
  case gathering::source::assets:
    return "assets";
  }
  return "unknown";
}

} // namespace

gathering::gathering(const config::ticket_workflow& workflow, clock_time now, std::function<void(findings)> done)
    : started_{now}, done_{std::move(done)} {
  const auto prepare = [&](source which, const config::source_settings& settings) {
    const auto i = static_cast<std::size_t>(which);
    open_[i] = settings.enabled;
    deadline_[i] = now + settings.timeout;
  };
  prepare(source::tickets, workflow.tickets);
  prepare(source::articles, workflow.articles);
  prepare(source::assets, workflow.assets);
}

void gathering::start(const std::shared_ptr<gathering>& self, const search::request_ptr& what, search::service& sources,
                      const config::ticket_workflow& workflow, std::shared_ptr<const clock> time) {
  const auto with_limit = [&what](std::size_t limit) {
    auto limited = std::make_shared<search::request>(*what);
    limited->limit = limit;
    return search::request_ptr{std::move(limited)};
  };
  // Set up beforehand: a source may answer before the next one is asked.
  const bool tickets = self->open_[0], articles = self->open_[1], assets = self->open_[2];
  if (!tickets && !articles && !assets) {
    std::unique_lock lock{self->mutex_};
    self->deliver(lock);
    return;
  }
  if (tickets)
    sources.find_tickets(with_limit(workflow.tickets.limit), [self, time](search::tickets_found found) {
      self->settle(source::tickets, time->monotonic(), found,
                   [&](findings& all) { all.tickets = std::move(found.hits); });
    });
  if (articles)
    sources.find_articles(with_limit(workflow.articles.limit), [self, time](search::articles_found found) {
      self->settle(source::articles, time->monotonic(), found,
                   [&](findings& all) { all.articles = std::move(found.hits); });
    });
  if (assets)
    sources.find_assets(with_limit(workflow.assets.limit), [self, time](search::assets_found found) {
      self->settle(source::assets, time->monotonic(), found, [&](findings& all) {
        for (auto& hit : found.hits)
          all.systems.push_back({std::move(hit.address), std::move(hit.asset)});
        all.unknown_addresses = std::move(found.unknown);
      });
    });
}

template <class Found, class Take>
void gathering::settle(source which, clock_time now, const Found& found, Take take) {
  std::unique_lock lock{mutex_};
  if (!open_[static_cast<std::size_t>(which)])
    return; // given up before
  if (found.status == search::source_status::failed)
    config::log::warn("source_failed", "a source of context failed; the job goes on without it",
                      {{"source", name_of(which)}, {"error", found.error}});
  take(found_);
  close(which, status_of(found.status), now);
  deliver(lock);
}

std::optional<gathering::clock_time> gathering::expire(clock_time now) {
  std::unique_lock lock{mutex_};
  std::optional<clock_time> next;
  for (const auto which : {source::tickets, source::articles, source::assets}) {
    const auto i = static_cast<std::size_t>(which);
    if (!open_[i])
      continue;
    if (deadline_[i] <= now)
      close(which, source_status::timed_out, now);
    else
      next = std::min(next.value_or(deadline_[i]), deadline_[i]);
  }
  if (!next)
    deliver(lock);
  return next;
}

void gathering::close(source which, source_status status, clock_time now) {
  open_[static_cast<std::size_t>(which)] = false;
  report(which) = {status, std::chrono::duration_cast<milliseconds>(now - started_)};
}

void gathering::deliver(std::unique_lock<std::mutex>& lock) {
  if (!done_ || std::ranges::find(open_, true) != open_.end())
    return;
  auto done = std::exchange(done_, nullptr);
  auto all = std::move(found_);
  lock.unlock();
  done(std::move(all));
}

source_report& gathering::report(source which) {
  switch (which) {
  case source::tickets:
    return found_.tickets_source;
  case source::articles:
    return found_.articles_source;
  case source::assets:
    break;
  }
  return found_.assets_source;
}

} // namespace troupe::actors::ticket
