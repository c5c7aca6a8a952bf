#pragma once

#include <memory>
#include <string>

#include "actors/runtime/clock.hpp"
#include "actors/runtime/ids.hpp"
#include "actors/runtime/journal_queue.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "net/desk/connector.hpp"

namespace troupe::actors {

/// The desk that troupe keeps itself: notes lie in storage, and the API and a page show them. Any thread.
class local_connector final : public net::desk::connector {
public:
  local_connector(std::string tenant, std::shared_ptr<journal_queue> writes, std::shared_ptr<reader_pool> reads,
                  std::shared_ptr<const clock> time, std::shared_ptr<id_source> ids);

  void write_note(const net::desk::note& what,
                  std::function<void(std::variant<net::desk::note_written, net::desk::desk_failure>)> done) override;

  void find_note(const std::string& ticket_id, const std::string& marker, const std::string& correlation_id,
                 std::function<void(std::variant<net::desk::note_search, net::desk::desk_failure>)> done) override;

  /// Always works: what could fail is storage, which has a health of its own.
  void check(std::function<void(std::optional<net::desk::desk_failure>)> done) override;

private:
  std::string tenant_;
  std::shared_ptr<journal_queue> writes_;
  std::shared_ptr<reader_pool> reads_;
  std::shared_ptr<const clock> clock_;
  std::shared_ptr<id_source> ids_;
};

} // namespace troupe::actors
