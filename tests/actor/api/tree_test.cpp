#include "actors/api/tree.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/actor_fixture.hpp"
#include "tests/support/memory_store.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;

namespace {

class memory_backend final : public storage::backend {
public:
  std::unique_ptr<storage::reader> open_reader() override {
    return store_->open_reader();
  }
  std::unique_ptr<storage::writer> open_writer() override {
    return store_->open_writer();
  }
  std::string name() const override {
    return store_->name();
  }

private:
  std::shared_ptr<memory_store> store_ = memory_store::make();
};

/// An engine's tree without a network.
struct tree_fixture : actor_fixture {
  api::parts parts;
  int ended = 0;
  caf::actor root;

  tree_fixture() {
    parts.settings = std::make_shared<const config::settings>();
    parts.workflow = std::make_shared<const config::ticket_workflow>();
    parts.time = time;
    parts.chance = chance;
    parts.database = std::make_unique<memory_backend>();
    parts.readers = std::make_shared<reader_pool>();
    parts.end_process = [this] { ++ended; };
    api::take_over(parts);
    root = keep(api::start_tree(sys, parts));
    parts.ready->store(true);
    run();
  }

  ~tree_fixture() {
    caf::anon_send_exit(root, caf::exit_reason::kill);
    run();
  }
};

} // namespace

TEST_CASE_METHOD(tree_fixture, "the process is asked to end when the tree has given up") {
  caf::anon_send_exit(root, caf::exit_reason::kill);
  run();
  CHECK(ended == 1);
  CHECK(parts.failed.load());
}

TEST_CASE_METHOD(tree_fixture, "the process isn't asked to end when the tree was told to stop") {
  parts.ready->store(false);
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  advance(10s);
  CHECK(ended == 0);
}
