#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

namespace troupe::storage::testing {

namespace {

constexpr std::int64_t day = 86'400'000;

class ledger_fixture : public storage_fixture {
public:
  static call_record call(const std::string& user, std::uint64_t tokens, nanodollars cost) {
    call_record result;
    result.at = at(0);
    result.tenant = "acme";
    result.user = user;
    result.entity = "talk";
    result.run = "m2";
    result.agent = "coach";
    result.provider = "p";
    result.model = "small";
    result.amounts = {tokens, 0, 0, cost};
    return result;
  }

  append_result write(ledger_entry entry) {
    append what;
    what.ledger = std::make_shared<const ledger_entry>(std::move(entry));
    return put(what);
  }

  append_result write(const call_record& record, std::vector<spending_limit> limits = {}) {
    return write({0, record, std::move(limits)});
  }

  append_outcome close(std::uint64_t number, call_record record, call_outcome outcome) {
    record.outcome = outcome;
    return write({number, std::move(record), {}}).outcome;
  }

  static spending_limit money(budget_scope scope, nanodollars most) {
    return {scope, day_of(0), most, std::nullopt};
  }
  static spending_limit tokens(budget_scope scope, std::uint64_t most) {
    return {scope, day_of(0), std::nullopt, most};
  }
  static std::int32_t day_of(std::int64_t milliseconds) {
    return static_cast<std::int32_t>(
        std::chrono::floor<std::chrono::days>(at(milliseconds)).time_since_epoch().count());
  }

  /// What a tenant has spent, by the sums of its days: a call that fits exactly says so.
  nanodollars spent(budget_scope scope, const std::string& user = "mia", const std::string& tenant = "acme") {
    auto probe = call(user, 1, 1);
    probe.tenant = tenant;
    return write(probe, {money(scope, 0)}).spent.at(0).cost - 1;
  }

  std::vector<std::string> keys(spending_key by, std::optional<std::string> tenant = {}) {
    std::vector<std::string> result;
    for (const auto& row : reader->spending_by({by, std::move(tenant), {}}))
      result.push_back(row.key);
    return result;
  }

  spending_row total() {
    return reader->spending_by({spending_key::tenant, "acme", {}}).at(0);
  }
};

} // namespace

TEST_CASE_METHOD(ledger_fixture, "a call that is over is one line, added up by whatever is asked for") {
  auto first = call("mia", 100, 700);
  first.amounts = {100, 20, 50, 700};
  first.latency = std::chrono::milliseconds{90};
  CHECK(write(first).outcome == append_outcome::stored);
  auto second = call("noa", 10, 900);
  second.agent = "chat";
  second.at = at(day);
  second.outcome = call_outcome::failed;
  write(second);
  auto third = call("", 1, 5);
  third.tenant = "globex";
  third.model = "large";
  write(third);

  const auto rows = reader->spending_by({spending_key::tenant, {}, {}});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].key == "acme");
  CHECK(rows[0].calls == 2);
  CHECK(rows[0].open == 0);
  CHECK(rows[0].amounts == call_amounts{110, 20, 50, 1'600});
  CHECK(rows[1].key == "globex");
  CHECK(keys(spending_key::agent, "acme") == ids{"chat", "coach"});
  CHECK(keys(spending_key::user) == ids{"noa", "mia", ""});
  CHECK(keys(spending_key::model) == ids{"small", "large"});
  CHECK(keys(spending_key::outcome) == ids{"failed", "ok"});
  CHECK(keys(spending_key::provider) == ids{"p"});
  const auto days = keys(spending_key::day);
  CHECK(days.size() == 2);
  CHECK(std::is_sorted(days.begin(), days.end()));
  CHECK(days[0].size() == 10);
  CHECK(keys(spending_key::tenant, "nobody").empty());
  CHECK(reader->spending_by({spending_key::agent, {}, at(day)}).size() == 1);
}

TEST_CASE_METHOD(ledger_fixture, "a call of a tenant that isn't there isn't written") {
  auto stray = call("mia", 1, 1);
  stray.tenant = "nobody";
  CHECK(write(stray).outcome == append_outcome::conflict);
}

TEST_CASE_METHOD(ledger_fixture, "what is set aside counts until the call is over, then what it cost") {
  auto begun = call("mia", 1'000, 5'000);
  begun.outcome = call_outcome::open;
  const auto opened = write(begun, {money(budget_scope::tenant, 6'000)});
  REQUIRE(opened.outcome == append_outcome::stored);
  CHECK(opened.spent.at(0).cost == 5'000);
  CHECK(total().open == 1);
  CHECK(spent(budget_scope::tenant) == 5'000);
  CHECK(spent(budget_scope::user) == 5'000);

  CHECK(close(opened.number, call("mia", 300, 1'200), call_outcome::ok) == append_outcome::stored);
  CHECK(total().open == 0);
  CHECK(total().amounts == call_amounts{300, 0, 0, 1'200});
  for (const auto scope : {budget_scope::tenant, budget_scope::user, budget_scope::conversation, budget_scope::run})
    CHECK(spent(scope) == 1'200);
}

TEST_CASE_METHOD(ledger_fixture, "a call is closed once, by its tenant only") {
  auto begun = call("mia", 10, 10);
  begun.outcome = call_outcome::open;
  const auto number = write(begun).number;
  auto foreign = call("mia", 0, 0);
  foreign.tenant = "globex";
  CHECK(close(number, foreign, call_outcome::ok) == append_outcome::conflict);
  CHECK(close(number, call("mia", 5, 5), call_outcome::ok) == append_outcome::stored);
  CHECK(close(number, call("mia", 0, 0), call_outcome::cancelled) == append_outcome::conflict);
  CHECK(close(number + 1, call("mia", 0, 0), call_outcome::ok) == append_outcome::conflict);
  CHECK(total().amounts.cost == 5);
}

TEST_CASE_METHOD(ledger_fixture, "a call that a limit has no room for isn't written, and it says which limit") {
  write(call("mia", 100, 600));
  const auto refused =
      write(call("mia", 50, 401), {tokens(budget_scope::tenant, 150), money(budget_scope::run, 1'000)});
  CHECK(refused.outcome == append_outcome::exhausted);
  CHECK(refused.number == 1);
  CHECK(total().calls == 1);
  CHECK(write(call("mia", 50, 400), {tokens(budget_scope::tenant, 150), money(budget_scope::run, 1'000)}).outcome
        == append_outcome::stored);
  CHECK(write(call("mia", 1, 0), {tokens(budget_scope::tenant, 150)}).outcome == append_outcome::exhausted);
}

TEST_CASE_METHOD(ledger_fixture, "a limit of nothing lets only through what costs nothing") {
  CHECK(write(call("mia", 1, 1), {money(budget_scope::user, 0)}).outcome == append_outcome::exhausted);
  CHECK(write(call("mia", 1, 0), {money(budget_scope::user, 0)}).outcome == append_outcome::stored);
  CHECK(write(call("mia", 1, 0), {tokens(budget_scope::user, 0)}).outcome == append_outcome::exhausted);
}

TEST_CASE_METHOD(ledger_fixture, "what was overspent lets nothing more through but what costs nothing") {
  auto begun = call("mia", 10, 10);
  begun.outcome = call_outcome::open;
  const auto limit = money(budget_scope::user, 100);
  const auto number = write(begun, {limit}).number;
  close(number, call("mia", 10, 500), call_outcome::ok);
  CHECK(write(call("mia", 1, 1), {limit}).outcome == append_outcome::exhausted);
  CHECK(write(call("mia", 1, 0), {limit}).outcome == append_outcome::stored);
}

TEST_CASE_METHOD(ledger_fixture, "each scope counts its own calls") {
  write(call("mia", 1, 100));
  auto other = call("noa", 1, 20);
  other.entity = "another";
  write(other);
  other = call("mia", 1, 3);
  other.run = "m9";
  write(other);
  auto foreign = call("mia", 1, 5'000);
  foreign.tenant = "globex";
  write(foreign);
  auto job = call("", 1, 7);
  job.kind = entity_kind::ticket_job;
  write(job);
  CHECK(spent(budget_scope::tenant) == 130);
  CHECK(spent(budget_scope::user) == 103);
  CHECK(spent(budget_scope::user, "noa") == 20);
  CHECK(spent(budget_scope::conversation) == 103);
  CHECK(spent(budget_scope::run) == 100);
}

TEST_CASE_METHOD(ledger_fixture, "days before a limit's period don't count") {
  auto old = call("mia", 1, 900);
  old.at = at(-day);
  write(old);
  write(call("mia", 1, 50));
  CHECK(spent(budget_scope::tenant) == 50);
  CHECK(spent(budget_scope::user) == 50);
  auto probe = call("mia", 1, 1);
  CHECK(write(probe, {{budget_scope::tenant, day_of(-day), 0, {}}}).spent.at(0).cost == 951);
}

TEST_CASE_METHOD(ledger_fixture, "calls of one batch see each other, so that no two share the last room") {
  std::vector<append> batch(5);
  for (auto& each : batch) {
    auto begun = call("mia", 10, 400);
    begun.outcome = call_outcome::open;
    each.ledger = std::make_shared<const ledger_entry>(ledger_entry{0, begun, {money(budget_scope::tenant, 1'000)}});
  }
  const auto results = writer->append_batch(batch);
  CHECK(std::count_if(results.begin(), results.end(),
                      [](const auto& each) { return each.outcome == append_outcome::stored; })
        == 2);
  CHECK(total().amounts.cost == 800);
}

TEST_CASE_METHOD(ledger_fixture, "absurd amounts are cut, so that no sum overflows") {
  for (int i = 0; i < 3; ++i) {
    auto absurd = call("mia", 0, std::numeric_limits<nanodollars>::max());
    absurd.amounts.input_tokens = absurd.amounts.output_tokens = std::numeric_limits<std::uint64_t>::max();
    CHECK(write(absurd).outcome == append_outcome::stored);
  }
  auto negative = call("mia", 0, -5);
  write(negative);
  CHECK(total().amounts.cost == 3 * most_money);
  CHECK(total().amounts.input_tokens == 3 * most_tokens);
  CHECK(spent(budget_scope::tenant) == 3 * most_money);
}

TEST_CASE_METHOD(ledger_fixture, "calls that a dead process left open become unknown at what was set aside") {
  auto begun = call("mia", 10, 400);
  begun.outcome = call_outcome::open;
  write(begun);
  write(call("mia", 1, 1));
  restart();
  CHECK(writer->settle_open_calls() == 1);
  CHECK(writer->settle_open_calls() == 0);
  CHECK(keys(spending_key::outcome) == ids{"unknown", "ok"});
  CHECK(spent(budget_scope::tenant) == 401);
}

TEST_CASE_METHOD(ledger_fixture, "an erased conversation's calls are nobody's, and their amounts stay") {
  const auto talk = opened(talk_of("acme", "talk"), "mia");
  put(talk);
  write(call("mia", 10, 400));
  auto end = next(talk.entity, 1, {"deleted"});
  end.erase = true;
  REQUIRE(put(end).outcome == append_outcome::stored);
  CHECK(keys(spending_key::user) == ids{""});
  CHECK(total().amounts.cost == 400);
  CHECK(spent(budget_scope::conversation) == 0);
  // Who deletes conversations isn't given more for it.
  CHECK(spent(budget_scope::user) == 400);
}

TEST_CASE_METHOD(ledger_fixture, "a removed user's calls are nobody's, and their amounts stay") {
  write(call("mia", 10, 400));
  write(call("noa", 10, 3));
  CHECK(writer->remove_user("acme", "mia"));
  CHECK_FALSE(writer->remove_user("acme", "mia"));
  CHECK(keys(spending_key::user) == ids{"", "noa"});
  CHECK(total().amounts.cost == 403);
  CHECK(spent(budget_scope::user) == 0);
  CHECK(spent(budget_scope::tenant) == 403);
}

TEST_CASE_METHOD(ledger_fixture, "a call that is under way when its user is removed is still closed") {
  auto begun = call("mia", 10, 400);
  begun.outcome = call_outcome::open;
  const auto number = write(begun).number;
  writer->remove_user("acme", "mia");
  CHECK(close(number, call("mia", 10, 100), call_outcome::ok) == append_outcome::stored);
  CHECK(keys(spending_key::user) == ids{""});
  CHECK(spent(budget_scope::tenant) == 100);
}

TEST_CASE_METHOD(ledger_fixture, "a removed tenant takes its calls and budgets with it") {
  auto own = make_tenant("acme");
  own.budgets = R"({"user.money":"2"})";
  change(own);
  write(call("mia", 10, 400));
  auto other = call("mia", 1, 1);
  other.tenant = "globex";
  write(other);
  REQUIRE(writer->remove_tenant("acme"));
  CHECK(write(call("mia", 1, 1)).outcome == append_outcome::conflict);
  while (writer->clear_removed() > 0) {
  }
  writer->add_tenant(make_tenant("acme"));
  CHECK(keys(spending_key::tenant) == ids{"globex"});
  CHECK(spent(budget_scope::tenant) == 0);
  CHECK(reader->find_tenant("acme")->budgets.empty());
}

TEST_CASE_METHOD(ledger_fixture, "a tenant's budgets are kept with it") {
  auto own = make_tenant("acme");
  own.budgets = R"({"user.money":"2"})";
  change(own);
  restart();
  CHECK(reader->find_tenant("acme")->budgets == own.budgets);
  CHECK(reader->find_tenant("globex")->budgets.empty());
  own.budgets.clear();
  change(own);
  CHECK(reader->find_tenant("acme")->budgets.empty());
}

TEST_CASE_METHOD(ledger_fixture, "calls expire a bounded number at a time, and with a user's last one the user") {
  std::vector<append> batch(1'500);
  for (auto& each : batch)
    each.ledger = std::make_shared<const ledger_entry>(ledger_entry{0, call("mia", 1, 1), {}});
  writer->append_batch(batch);
  auto young = call("noa", 1, 7);
  young.at = at(40 * day);
  write(young);
  auto open = call("mia", 1, 2);
  open.outcome = call_outcome::open;
  const auto number = write(open).number;

  std::size_t all = 0;
  while (const auto some = writer->expire_calls(at(39 * day))) {
    CHECK(some <= 2'000);
    all += some;
  }
  CHECK(all >= 1'500);
  CHECK(total().calls == 2);
  close(number, call("mia", 1, 2), call_outcome::ok);
  while (writer->expire_calls(at(39 * day)) > 0) {
  }
  CHECK(total().calls == 1);
  CHECK(keys(spending_key::user) == ids{"noa"});
  CHECK_FALSE(writer->remove_user("acme", "mia"));
}

TEST_CASE_METHOD(ledger_fixture, "hostile names are stored as they are") {
  for (const auto& text : hostile_texts()) {
    auto hostile = call(text, 1, 1);
    hostile.entity = hostile.run = hostile.agent = hostile.provider = hostile.model = text;
    CHECK(write(hostile, {money(budget_scope::run, 100)}).outcome == append_outcome::stored);
  }
  CHECK(total().calls == hostile_texts().size());
}

} // namespace troupe::storage::testing
