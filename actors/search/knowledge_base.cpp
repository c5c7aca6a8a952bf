#include "actors/search/knowledge_base.hpp"

#include <algorithm>
#include <list>
#include <mutex>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "actors/runtime/breaker.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/search/articles_reply.hpp"
#include "config/log.hpp"
#include "net/http/target.hpp"

namespace troupe::actors::search {

namespace {

namespace http = net::http;

constexpr std::size_t most_results = 50;
constexpr std::size_t most_connections = 16;
constexpr std::size_t response_limit = 1 << 20;

http::endpoint_settings endpoint_of(const config::search_settings& source) {
  const std::string_view url = source.articles_url;
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    throw std::invalid_argument{"the address of the knowledge base must begin with http:// or https://"};
  http::endpoint_settings result;
  result.url = url.substr(0, url.find_first_of("?#"));
  while (result.url.ends_with('/') && !result.url.ends_with("//"))
    result.url.pop_back();
  result.ca_file = source.articles_ca_file.string();
  result.max_connections = most_connections;
  result.max_response = response_limit;
  return result;
}

/// The query that the configured address has already, ready to be added to: `?` or `?a=b&`.
std::string fixed_query(std::string_view url) {
  const auto mark = url.find('?');
  if (mark == std::string_view::npos)
    return "?";
  const auto query = url.substr(mark, url.find('#', mark) - mark);
  return std::string{query} + (query.size() > 1 && !query.ends_with('&') ? "&" : "");
}

std::string describe(const http::call_failure& failure) {
  switch (failure.fault) {
  case http::call_fault::unreachable:
    return "the knowledge base can't be reached: " + failure.detail;
  case http::call_fault::unknown_outcome:
  case http::call_fault::not_sent_in_time:
    return "the knowledge base doesn't answer in time: " + failure.detail;
  case http::call_fault::bad_response:
  case http::call_fault::cancelled:
    break;
  }
  return "the knowledge base's answer isn't HTTP or too large: " + failure.detail;
}

articles_found answer_of(std::vector<storage::article_hit> hits) {
  articles_found result;
  result.hits = std::move(hits);
  result.status = result.hits.empty() ? source_status::empty : source_status::ok;
  return result;
}

} // namespace

struct knowledge_base::memory {
  struct remembered {
    std::string key;
    std::vector<storage::article_hit> hits;
    storage::timestamp at;
  };

  memory(knowledge_base_settings given, const clock& now)
      : settings{std::move(given)}, time{now}, query{fixed_query(settings.source.articles_url)},
        circuit{{settings.breaker_failures, settings.breaker_pause}} {}

  /// An answer that is no older than `limit`.
  const remembered* recall(const std::string& key, std::chrono::milliseconds limit) {
    const auto found = index.find(key);
    if (found == index.end() || time.now() - found->second->at > limit)
      return nullptr;
    answers.splice(answers.begin(), answers, found->second);
    return &*found->second;
  }

  void remember(const std::string& key, std::vector<storage::article_hit> hits) {
    if (const auto found = index.find(key); found != index.end()) {
      answers.erase(found->second);
      index.erase(found);
    }
    answers.push_front({key, std::move(hits), time.now()});
    index.emplace(key, answers.begin());
    while (answers.size() > settings.cached_queries) {
      index.erase(answers.back().key);
      answers.pop_back();
    }
  }

  /// What there is without the source.
  articles_found fall_back(const std::string& key, std::string error) {
    articles_found result;
    result.error = std::move(error);
    if (const auto* known = recall(key, settings.stale_limit)) {
      result.hits = known->hits;
      result.status = source_status::cached;
    } else {
      result.status = source_status::failed;
    }
    return result;
  }

  articles_found succeed(const std::string& key, std::vector<storage::article_hit> hits) {
    const std::lock_guard lock{mutex};
    circuit.succeed();
    remember(key, hits);
    return answer_of(std::move(hits));
  }

  articles_found fail(const std::string& key, std::string error) {
    const std::lock_guard lock{mutex};
    const bool was_open = circuit.state() == circuit::open;
    circuit.fail(time.now());
    if (circuit.state() == circuit::open && !was_open)
      config::log::warn("articles_unavailable", "The knowledge base fails; it isn't asked for a while",
                        {{"error", error}});
    return fall_back(key, std::move(error));
  }

  articles_found take(const std::string& key, std::size_t limit, http::call_result outcome) {
    if (const auto* failure = std::get_if<http::call_failure>(&outcome))
      return fail(key, describe(*failure));
    const auto& response = std::get<http::call_response>(outcome);
    if (response.status != 200)
      return fail(key, "the knowledge base answers with status " + std::to_string(response.status));
    auto hits = parse_articles(response.body, limit);
    if (!hits)
      return fail(key, "the knowledge base's answer isn't the JSON that is expected");
    return succeed(key, std::move(*hits));
  }

  const knowledge_base_settings settings;
  const clock& time;
  const std::string query;

  std::mutex mutex;
  breaker circuit;
  std::list<remembered> answers; ///< the one used last stands first
  std::unordered_map<std::string, std::list<remembered>::iterator> index;
};

knowledge_base::knowledge_base(const net::http::dialer& dial, knowledge_base_settings settings, const clock& time)
    : endpoint_{dial(endpoint_of(settings.source))} {
  memory_ = std::make_shared<memory>(std::move(settings), time);
}

knowledge_base::~knowledge_base() = default;

void knowledge_base::find(const request& what, std::function<void(articles_found)> done) {
  const auto question = article_question(what.subject, what.description);
  if (question.text.empty())
    return done({});
  const auto limit = std::clamp<std::size_t>(what.limit, 1, most_results);
  auto key = what.tenant + '\n' + std::to_string(limit) + '\n' + question.key;
  articles_found known;
  bool ask = false;
  {
    const std::lock_guard lock{memory_->mutex};
    if (const auto* fresh = memory_->recall(key, memory_->settings.source.articles_cache))
      known = answer_of(fresh->hits);
    else if (memory_->circuit.admit(memory_->time.now()))
      ask = true;
    else
      known = memory_->fall_back(key, "the knowledge base failed several times and isn't asked for a while");
  }
  if (!ask)
    return done(std::move(known));
  http::call call;
  call.target = memory_->query + "q=" + net::http::percent_encode(question.text) + "&limit=" + std::to_string(limit);
  call.headers.emplace_back("Accept", "application/json");
  if (const auto& token = memory_->settings.source.articles_key; !token.empty())
    call.headers.emplace_back("Authorization", "Bearer " + std::string{token.reveal()});
  call.timeout = memory_->settings.source.articles_timeout;
  call.connect_timeout = std::min(call.connect_timeout, call.timeout);
  auto self = memory_;
  endpoint_->send(std::move(call),
                  [self, key = std::move(key), limit, done = std::move(done)](http::call_result outcome) {
                    done(self->take(key, limit, std::move(outcome)));
                  });
}

} // namespace troupe::actors::search
