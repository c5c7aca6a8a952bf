#include "net/http/deadline_wheel.hpp"

#include <algorithm>
#include <bit>

namespace troupe::net::http {

void deadline_wheel::link::unlink() noexcept {
  if (next) {
    next->prev = prev;
    prev->next = next;
    prev = next = nullptr;
  }
}

void deadline_wheel::link::insert_before(link& other) noexcept {
  prev = other.prev;
  next = &other;
  prev->next = this;
  other.prev = this;
}

deadline_wheel::deadline_wheel(boost::asio::io_context& context) : timer_{context} {
  for (auto& slot : slots_)
    slot.prev = slot.next = &slot;
}

deadline_wheel::~deadline_wheel() {
  for (auto& slot : slots_)
    while (slot.next != &slot)
      slot.next->unlink();
}

void deadline_wheel::set(entry& e, time_point deadline) {
  e.deadline_ = deadline;
  bool waits = e.next != nullptr;
  if (deadline == time_point::max() || (waits && e.turn_ <= turn_of(deadline)))
    return;
  e.unlink();
  place(e);
}

void deadline_wheel::advance(time_point now) {
  auto now_turn = static_cast<std::uint64_t>(std::max<std::int64_t>((now - start_) / tick, 0));
  if (now_turn > current_) {
    // All that is due comes off the wheel first: what is set meanwhile may land in the same slots.
    link due;
    due.prev = due.next = &due;
    for (auto turn = current_ + 1; turn <= std::min(now_turn, current_ + slots); ++turn) {
      auto& slot = slots_[turn % slots];
      while (slot.next != &slot) {
        auto* first = slot.next;
        first->unlink();
        first->insert_before(due);
      }
    }
    current_ = now_turn;
    while (due.next != &due) {
      auto& e = static_cast<entry&>(*due.next);
      e.unlink();
      if (e.deadline_ == time_point::max())
        continue;
      if (e.deadline_ > now) {
        place(e);
      } else {
        e.deadline_ = time_point::max();
        e.on_deadline();
      }
    }
  }
  if (auto next = next_occupied(); next < armed_)
    arm(next);
}

std::uint64_t deadline_wheel::turn_of(time_point t) const noexcept {
  auto since = std::max(t - start_, clock::duration::zero());
  return static_cast<std::uint64_t>((since + tick - clock::duration{1}) / tick);
}

void deadline_wheel::place(entry& e) {
  e.turn_ = std::clamp(turn_of(e.deadline_), current_ + 1, current_ + slots - 1);
  auto slot = e.turn_ % slots;
  e.insert_before(slots_[slot]);
  occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
  if (e.turn_ < armed_)
    arm(e.turn_);
}

void deadline_wheel::arm(std::uint64_t turn) {
  armed_ = turn;
  timer_.expires_at(start_ + turn * tick);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec)
      return; // another wait has replaced this one, or the end has come
    armed_ = never;
    advance(clock::now());
  });
}

std::uint64_t deadline_wheel::next_occupied() noexcept {
  for (std::uint64_t turn = current_ + 1; turn < current_ + slots;) {
    auto slot = turn % slots;
    auto bits = occupied_[slot / 64] >> (slot % 64);
    if (bits == 0) {
      turn += 64 - slot % 64;
      continue;
    }
    auto skipped = static_cast<std::uint64_t>(std::countr_zero(bits));
    turn += skipped;
    slot += skipped;
    if (turn < current_ + slots && slots_[slot].next != &slots_[slot])
      return turn;
    occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    ++turn;
  }
  return never;
}

} // namespace troupe::net::http
