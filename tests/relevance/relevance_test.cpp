#include <algorithm>
#include <cmath>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <unistd.h>

#include "actors/search/finder.hpp"
#include "actors/search/import.hpp"
#include "measures.hpp"
#include "plain_index.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

/// One set's tickets in a database, and its queries.
class set_fixture {
public:
  explicit set_fixture(const std::string& name)
      : folder_{std::filesystem::temp_directory_path() / ("troupe-relevance-" + name + std::to_string(::getpid()))},
        tickets{std::filesystem::path{TROUPE_RELEVANCE} / name / "tickets.jsonl"}, queries{load_queries(
                                                                                       tickets.parent_path()
                                                                                       / "queries.jsonl")} {
    std::filesystem::create_directory(folder_);
    storage::open_options options;
    options.url = "sqlite:" + (folder_ / "set.db").string();
    options.master_key = config::secret{std::string(32, 'k')};
    database_ = storage::open(options);
    const auto writer = database_->open_writer();
    storage::tenant tenant;
    tenant.id = "set";
    writer->add_tenant(tenant);
    imported = actors::search::import_file(*writer, actors::search::import_kind::tickets, "set", tickets).stored;
    reader_ = database_->open_reader();
  }
  ~set_fixture() {
    reader_.reset();
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  set_fixture(const set_fixture&) = delete;
  set_fixture& operator=(const set_fixture&) = delete;

  quality ours() {
    return measure(queries, [this](const judged_query& query) {
      std::vector<std::string> result;
      for (const auto& hit : finder_.find_tickets(*reader_, {"set", query.subject, query.description, depth}).hits)
        result.push_back(hit.ticket.id);
      return result;
    });
  }

  quality plain() const {
    const plain_index index{tickets};
    return measure(queries, [&](const judged_query& query) { return index.rank(query); });
  }

private:
  std::filesystem::path folder_;
  std::unique_ptr<storage::backend> database_;
  std::unique_ptr<storage::reader> reader_;
  actors::search::finder finder_;

public:
  std::filesystem::path tickets;
  std::vector<judged_query> queries;
  std::uint64_t imported = 0;
};

std::string shown(const quality& plain, const quality& ours) {
  const auto part = [](double a, double b) { return std::to_string(a) + " -> " + std::to_string(b); };
  return "MAP " + part(plain.mean_average_precision, ours.mean_average_precision) + ", P@5 "
         + part(plain.precision_at_5, ours.precision_at_5);
}

} // namespace

TEST_CASE("both sets are of the size that figures need, and share no ticket") {
  std::set<std::string> seen;
  for (const auto* name : {"tuning", "held_out"}) {
    const set_fixture set{name};
    CHECK(set.imported >= 300);
    CHECK(set.queries.size() >= 60);
    for (const auto& query : set.queries) {
      CHECK_FALSE(query.relevant.empty());
      seen.insert(query.relevant.begin(), query.relevant.end());
      CHECK(std::ranges::all_of(query.relevant,
                                [&](const std::string& id) { return id.starts_with(name[0] == 't' ? "INC-" : "N-"); }));
    }
  }
  CHECK_FALSE(seen.empty());
}

TEST_CASE("on tickets that nothing was tuned on, ours finds more than plain full-text search") {
  set_fixture set{"held_out"};
  const auto plain = set.plain();
  const auto ours = set.ours();
  INFO(shown(plain, ours));
  CHECK(ours.mean_average_precision >= 1.10 * plain.mean_average_precision);
  CHECK(ours.precision_at_5 >= 1.05 * plain.precision_at_5);
}

TEST_CASE("on tickets that it was tuned on, ours finds more than plain full-text search") {
  set_fixture set{"tuning"};
  const auto plain = set.plain();
  const auto ours = set.ours();
  INFO(shown(plain, ours));
  CHECK(ours.mean_average_precision >= 1.10 * plain.mean_average_precision);
  CHECK(ours.precision_at_5 >= 1.05 * plain.precision_at_5);
}

TEST_CASE("the measures are those of the literature") {
  const std::vector<judged_query> queries{{"q", "", "", {"a", "b", "c"}}};
  const auto result =
      measure(queries, [](const judged_query&) { return std::vector<std::string>{"a", "x", "b", "y", "z", "c"}; });
  CHECK(std::abs(result.mean_average_precision - (1.0 + 2.0 / 3 + 3.0 / 6) / 3) < 1e-9);
  CHECK(std::abs(result.precision_at_5 - 0.4) < 1e-9);
}
