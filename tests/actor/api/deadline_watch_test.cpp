#include <catch2/catch_test_macros.hpp>

#include <boost/asio/io_context.hpp>

#include "actors/api/chat/deadline_watch.hpp"

using namespace std::chrono_literals;
using namespace troupe::actors;
using namespace troupe::actors::api::chat;

namespace {

struct counted final : due_sometime {
  void on_due(troupe::storage::timestamp) override {
    ++times;
  }
  int times = 0;
};

struct fixture {
  boost::asio::io_context context;
  std::shared_ptr<manual_clock> time = std::make_shared<manual_clock>();
  std::shared_ptr<deadline_watch> watch = std::make_shared<deadline_watch>(context, time);

  auto in(std::chrono::seconds wait) const {
    return time->now() + wait;
  }

  /// Runs what there is to run until nobody waits any more.
  void run() {
    context.restart();
    context.run();
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "what is due is told once, each of several deadlines") {
  auto who = std::make_shared<counted>();
  watch->set(in(10s), who);
  watch->set(in(20s), who);
  time->advance(30s);
  run();
  CHECK(who->times == 2);
  watch->set(in(0s), who);
  run();
  CHECK(who->times == 3);
}

TEST_CASE_METHOD(fixture, "what was taken back and who is gone are forgotten") {
  auto who = std::make_shared<counted>();
  auto gone = std::make_shared<counted>();
  const auto at = in(10s);
  watch->set(at, who);
  watch->set(at, gone);
  watch->remove(at, who.get());
  gone.reset();
  time->advance(30s);
  run();
  CHECK(who->times == 0);
}
