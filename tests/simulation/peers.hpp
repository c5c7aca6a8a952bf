#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/network.hpp"

namespace troupe::simulation {

/// An OpenAI-compatible provider that misbehaves when its faults are armed.
class model_peer final : public peer {
public:
  model_peer(world& in, unsigned number, nanoseconds timeout) : world_{in}, number_{number}, timeout_{timeout} {}

  void departed(const net::http::call& what) override;
  void ended(const net::http::call& what) override;
  void arrived(const exchange_ptr& what) override;

private:
  /// How a streamed reply ends badly, or doesn't.
  enum class ending { good, cut, garbage, silence, nothing };

  void stream(const exchange_ptr& what, ending how, nanoseconds pace);
  std::string said_to(const exchange_ptr& what);

  world& world_;
  unsigned number_;
  unsigned replies_ = 0;
  nanoseconds timeout_;
};

/// One tenant's ServiceDesk Plus: keeps notes, and misbehaves when its faults are armed.
class desk_peer final : public peer {
public:
  desk_peer(world& in, unsigned tenant) : world_{in}, tenant_{tenant} {}

  void departed(const net::http::call& what) override;
  void arrived(const exchange_ptr& what) override;

  /// How many notes hold a job's reference line.
  std::size_t notes_of(std::string_view job) const;

  /// Notes that are still being stored are stored now.
  void settle();

private:
  void write(const exchange_ptr& what, const std::string& ticket);
  void list(const exchange_ptr& what, const std::string& ticket);
  std::string store(const std::string& ticket, const std::string& job, const std::string& description);

  struct note {
    std::string id;
    std::string job;
    std::string description; ///< as it came: JSON text with its quotes
  };

  world& world_;
  unsigned tenant_;
  std::map<std::string, std::vector<note>> notes_;      ///< by ticket
  std::map<std::uint64_t, std::function<void()>> late_; ///< by number
  std::uint64_t last_id_ = 0;
};

/// The external knowledge base.
class articles_peer final : public peer {
public:
  explicit articles_peer(world& in) : world_{in} {}

  void arrived(const exchange_ptr& what) override;

private:
  world& world_;
};

/// The job whose reference line stands in a text; empty when there is none.
std::string referenced_job(std::string_view text);

} // namespace troupe::simulation
