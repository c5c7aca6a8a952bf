#include "net/io_threads.hpp"

#include <atomic>
#include <csignal>
#include <future>
#include <set>
#include <stdexcept>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch_test_macros.hpp>

using troupe::net::io_threads;

TEST_CASE("there is at least one network thread, and each runs what it is given") {
  CHECK(io_threads{0}.size() == 1);
  io_threads io{3};
  std::set<std::thread::id> seen;
  for (unsigned i = 0; i < io.size(); ++i)
    io.run_on(i, [&] { seen.insert(std::this_thread::get_id()); });
  CHECK(seen.size() == 3);
  CHECK(seen.count(std::this_thread::get_id()) == 0);
}

TEST_CASE("threads take turns") {
  io_threads io{2};
  auto first = io.next();
  CHECK(io.next() != first);
  CHECK(io.next() == first);
}

TEST_CASE("what runs on a network thread may run something there and may throw") {
  io_threads io{1};
  bool inner = false;
  io.run_on(0, [&] { io.run_on(0, [&] { inner = true; }); });
  CHECK(inner);
  CHECK_THROWS_AS(io.run_on(0, [] { throw std::runtime_error{"boom"}; }), std::runtime_error);
}

TEST_CASE("an exception out of a posted handler doesn't end the thread") {
  io_threads io{1};
  boost::asio::post(io.context(), [] { throw std::runtime_error{"boom"}; });
  bool ran = false;
  io.run_on(0, [&] { ran = true; });
  CHECK(ran);
}

TEST_CASE("after the end things run on the caller's thread") {
  io_threads io{1};
  io.stop();
  io.stop();
  std::thread::id ran_on;
  io.run_on(0, [&] { ran_on = std::this_thread::get_id(); });
  CHECK(ran_on == std::this_thread::get_id());
}

TEST_CASE("who waits for a network thread isn't left waiting when it is stopped") {
  io_threads io{1};
  std::promise<void> busy;
  std::promise<void> go_on;
  boost::asio::post(io.context(), [&] {
    busy.set_value();
    go_on.get_future().wait();
  });
  busy.get_future().wait();
  std::atomic<int> ran{0};
  std::thread waiting{[&] { io.run_on(0, [&] { ++ran; }); }};
  std::thread stopping{[&] { io.stop(); }};
  go_on.set_value();
  stopping.join();
  waiting.join();
  CHECK(ran == 1);
}

TEST_CASE("network threads leave signals to others") {
  io_threads io{1};
  sigset_t blocked;
  io.run_on(0, [&] { pthread_sigmask(SIG_SETMASK, nullptr, &blocked); });
  CHECK(sigismember(&blocked, SIGTERM) == 1);
  CHECK(sigismember(&blocked, SIGPIPE) == 1);
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  CHECK(sigismember(&blocked, SIGTERM) == 0);
}
