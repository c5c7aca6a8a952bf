#include "net/io_threads.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <exception>
#include <future>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "config/log.hpp"
#include "net/http/deadline_wheel.hpp"
#include "net/http/name_resolver.hpp"

namespace troupe::net {

namespace {

struct io_thread {
  // One thread runs it, which spares Asio the wake-ups it would do for several.
  boost::asio::io_context context{1};
  http::deadline_wheel deadlines{context};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  std::thread thread;

  void run() {
    for (;;) {
      try {
        context.run();
        return;
      } catch (const std::exception& fault) {
        config::log::error("network_exception", "an exception left a handler on a network thread",
                           {{"fault", std::string_view{fault.what()}}});
      }
    }
  }
};

/// Signals are for the main thread; SIGPIPE, which OpenSSL's writes may raise, is for nobody.
class signals_blocked {
public:
  signals_blocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signals_blocked() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

private:
  sigset_t before_{};
};

} // namespace

struct io_threads::impl {
  std::vector<std::unique_ptr<io_thread>> threads;
  std::unique_ptr<http::name_resolver> names; ///< ends first: its answers go to the threads' contexts
  std::atomic<unsigned> turn{0};
  std::atomic<bool> stopped{false};
};

io_threads::io_threads(unsigned threads) : io_threads{threads, std::make_unique<http::name_resolver>()} {
  // nop
}

io_threads::io_threads(unsigned threads, std::unique_ptr<http::name_resolver> names) : impl_{std::make_unique<impl>()} {
  impl_->names = std::move(names);
  signals_blocked guard; // inherited by the threads
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) {
    auto& started = *impl_->threads.emplace_back(std::make_unique<io_thread>());
    started.thread = std::thread{[&started] { started.run(); }};
  }
}

io_threads::~io_threads() {
  stop();
}

unsigned io_threads::size() const noexcept {
  return static_cast<unsigned>(impl_->threads.size());
}

unsigned io_threads::next() noexcept {
  return impl_->turn.fetch_add(1, std::memory_order_relaxed) % size();
}

boost::asio::io_context& io_threads::context(unsigned thread) noexcept {
  return impl_->threads[thread]->context;
}

http::deadline_wheel& io_threads::deadlines(unsigned thread) noexcept {
  return impl_->threads[thread]->deadlines;
}

http::name_resolver& io_threads::names() noexcept {
  return *impl_->names;
}

void io_threads::run_on(unsigned thread, const std::function<void()>& f) {
  auto& target = *impl_->threads[thread];
  if (impl_->stopped || target.thread.get_id() == std::this_thread::get_id())
    return f();
  // The threads may be stopped while this waits; then nobody runs the task but this one.
  struct errand {
    std::packaged_task<void()> task;
    std::atomic<bool> taken{false};
  };
  auto shared = std::make_shared<errand>(std::packaged_task<void()>{f});
  auto end = shared->task.get_future();
  boost::asio::post(target.context, [shared] {
    if (!shared->taken.exchange(true))
      shared->task();
  });
  while (end.wait_for(std::chrono::milliseconds{20}) != std::future_status::ready)
    if (impl_->stopped && !shared->taken.exchange(true))
      shared->task();
  end.get();
}

void io_threads::stop() {
  if (impl_->stopped)
    return;
  for (auto& thread : impl_->threads)
    thread->context.stop();
  for (auto& thread : impl_->threads)
    thread->thread.join();
  impl_->stopped = true;
}

} // namespace troupe::net
