#include "tests/simulation/device.hpp"

#include <deque>
#include <utility>

#include "tests/simulation/world.hpp"

namespace troupe::simulation {

using namespace std::chrono_literals;
namespace conversation = actors::conversation;

namespace {

/// Nothing more comes once nothing has come for so long.
constexpr nanoseconds rest = 10s;
constexpr std::size_t much_room = 1'000'000;

} // namespace

/// The connection of one device: what is on its way is lost with it.
class device::line final : public conversation::subscriber, public std::enable_shared_from_this<line> {
public:
  line(device& to, life_ptr life) : to_{to}, world_{to.world_}, life_{std::move(life)} {}

  bool take(const conversation::published& event) override {
    if (!life_->alive)
      return true;
    if (lost_ || closed_)
      world_.violated("a client is told of conversation " + to_.which_.id + " though it follows it no longer");
    world_.talks.published(to_.which_.id, event.at().event);
    if (coming_.size() >= to_.room_) {
      full_ = true;
      return false;
    }
    coming_.emplace_back(event.json(), event.at());
    after(world_.latency.skewed(50us, 50ms), &line::deliver);
    return true;
  }

  void lost(std::string_view reason) override {
    if (!life_->alive)
      return;
    if (std::exchange(lost_, true))
      world_.violated("a client loses conversation " + to_.which_.id + " twice");
    reason_ = reason;
    after(50ms, &line::end); // after what is on its way
  }

  bool idle() const {
    return coming_.empty();
  }

  /// Nothing arrives any more, whoever holds it.
  void close() {
    closed_ = true;
  }

private:
  void after(nanoseconds wait, void (line::*what)()) {
    world_.after(wait, [weak = weak_from_this(), what] {
      if (const auto me = weak.lock(); me && !me->closed_)
        (*me.*what)();
    });
  }

  void deliver() {
    const auto [json, at] = std::move(coming_.front());
    coming_.pop_front();
    world_.note("device", to_.number_, " gets ", json);
    if (const auto fault = to_.shown_.show(json, at); !fault.empty())
      world_.violated("a client of conversation " + to_.which_.id + " can't follow: " + fault + ": " + json);
    if (std::exchange(full_, false))
      to_.following_->resume();
  }

  void end() {
    to_.lost(std::string{reason_});
  }

  device& to_;
  world& world_;
  life_ptr life_;
  std::deque<std::pair<std::string, conversation::cursor>> coming_;
  std::string reason_;
  bool full_ = false;
  bool lost_ = false;
  bool closed_ = false;
};

device::device(world& in, random_stream& chance, std::size_t number, std::function<void()> over)
    : world_{in}, chance_{chance}, number_{number}, room_{chance.chance(0.3) ? chance.between(1, 4) : much_room},
      told_over_{std::move(over)} {}

device::~device() = default;

void device::follow(storage::entity_key which) {
  which_ = std::move(which);
  connect();
}

void device::connect_later(nanoseconds wait) {
  world_.after(wait, [this] { connect(); });
}

void device::connect() {
  if (line_ || over_)
    return;
  auto* to = world_.engine();
  if (!to || !to->parts().ready->load())
    return connect_later(1s + chance_.even(0ns, 1s));
  world_.note("device", number_, " follows ", which_.id);
  line_ = std::make_shared<line>(*this, to->life());
  connected_ = world_.now();
  following_ = to->parts().conversations->subscribe(which_, shown_.seen(), line_);
}

void device::leave() {
  following_.reset();
  line_->close();
  line_.reset();
}

void device::vanish() {
  if (!line_)
    return;
  world_.note("device", number_, " vanishes");
  leave();
  if (chance_.chance(0.2))
    shown_ = {};
  connect_later(chance_.skewed(0ns, 10s));
}

void device::come_again() {
  if (!line_)
    return;
  leave();
  connect();
}

void device::process_ended() {
  if (!line_)
    return;
  leave();
  connect_later(chance_.skewed(0ns, 2s));
}

void device::lost(const std::string& reason) {
  world_.note("device", number_, " loses it: ", reason);
  leave();
  const bool is_over = reason == "ended" || reason == "not_found";
  if (is_over ? !world_.talks.is_erased(which_.id) : reason == "corrupt" && !world_.plan.refuses_commits)
    world_.violated("a client can't follow conversation " + which_.id + " any more: " + reason);
  if (!is_over)
    return connect_later(1s + chance_.even(0ns, 1s));
  over_ = true;
  told_over_();
}

bool device::is_up_to_date() const {
  return over_ || (line_ && line_->idle() && world_.now() - connected_ > rest);
}

} // namespace troupe::simulation
