#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <utility>

#include "net/http/message.hpp"

namespace troupe::net::http {

/// Where an answer goes. Lives at least until `retire` was called; each function is called at most once.
class answerer {
public:
  answerer() = default;
  answerer(const answerer&) = delete;
  answerer& operator=(const answerer&) = delete;

  /// Takes the answer. Any thread.
  virtual void answer(response&& r) = 0;

  /// Nobody can answer any more and nobody has. Any thread.
  virtual void abandoned() noexcept = 0;

  /// The last `reply` is gone. Any thread.
  virtual void retire() noexcept = 0;

protected:
  virtual ~answerer() = default;

  /// Ready for another request. Only after `retire`.
  void reuse() noexcept {
    answered_.store(false, std::memory_order_relaxed);
  }

  bool was_answered() const noexcept {
    return answered_.load(std::memory_order_acquire);
  }

private:
  friend class reply;
  std::atomic<std::uint32_t> replies_{0};
  std::atomic<bool> answered_{false};
};

/// Answers one request: call it once, from any thread; further calls do nothing. When the last copy is dropped
/// unanswered, the peer gets a 500. Copies share the one answer.
class reply {
public:
  reply() noexcept = default;

  explicit reply(answerer& to) noexcept : to_{&to} {
    to.replies_.fetch_add(1, std::memory_order_relaxed);
  }

  /// Answers by calling `f`: for tests and for what wraps another reply. A dropped one calls it with a 500.
  template <class F>
  requires std::invocable<F&, response> &&(!std::same_as<std::remove_cvref_t<F>, reply>)reply(F f);

  reply(const reply& other) noexcept : to_{other.to_} {
    if (to_)
      to_->replies_.fetch_add(1, std::memory_order_relaxed);
  }
  reply(reply&& other) noexcept : to_{std::exchange(other.to_, nullptr)} {}
  reply& operator=(reply other) noexcept {
    std::swap(to_, other.to_);
    return *this;
  }
  ~reply() {
    if (to_ && to_->replies_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      drop_last();
  }

  explicit operator bool() const noexcept {
    return to_ != nullptr;
  }

  void operator()(response r) const {
    if (to_ && !to_->answered_.exchange(true, std::memory_order_acq_rel))
      to_->answer(std::move(r));
  }

private:
  void drop_last() noexcept {
    if (!to_->answered_.exchange(true, std::memory_order_acq_rel))
      to_->abandoned();
    to_->retire();
  }

  answerer* to_ = nullptr;
};

namespace detail {

template <class F>
class function_answerer final : public answerer {
public:
  explicit function_answerer(F f) : f_{std::move(f)} {}
  void answer(response&& r) override {
    f_(std::move(r));
  }
  void abandoned() noexcept override {
    try {
      f_(problem(500, "The request was dropped unanswered.", {}));
    } catch (...) { // nobody is left to tell
    }
  }
  void retire() noexcept override {
    delete this;
  }

private:
  F f_;
};

} // namespace detail

template <class F>
requires std::invocable<F&, response> &&(!std::same_as<std::remove_cvref_t<F>, reply>)reply::reply(F f)
    : reply{static_cast<answerer&>(*new detail::function_answerer<F>{std::move(f)})} {}

} // namespace troupe::net::http
