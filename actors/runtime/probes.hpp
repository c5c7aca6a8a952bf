#pragma once

#include <string_view>

#include "config/metrics.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
template <class T>
class Family;
} // namespace prometheus

namespace troupe::actors {

/// The journal writer's metrics. Any thread.
class journal_probe {
public:
  explicit journal_probe(config::metrics& registry);

  prometheus::Histogram& batch_size;     ///< troupe_journal_batch_size
  prometheus::Histogram& commit_seconds; ///< troupe_journal_commit_seconds
  prometheus::Gauge& queue_depth;        ///< troupe_mailbox_depth{actor="journal_writer"}
  prometheus::Counter& conflicts;        ///< troupe_journal_conflicts_total
  prometheus::Counter& faults;           ///< troupe_journal_faults_total
};

/// The readers' metrics. Any thread.
class reader_probe {
public:
  explicit reader_probe(config::metrics& registry);

  prometheus::Gauge& queue_depth; ///< troupe_mailbox_depth{actor="reader_pool"}
  prometheus::Counter& faults;    ///< troupe_reader_faults_total
};

/// Counts the restarts of all supervisors: troupe_actor_restarts_total{actor,reason}. Any thread.
class supervisor_probe {
public:
  explicit supervisor_probe(config::metrics& registry);

  /// Shows an actor that hasn't been restarted yet: a series that comes into being with its first restart tells no
  /// rate.
  void known(std::string_view actor);

  /// @param actor the child's name; dynamic children share one name per kind, so that series stay few
  void restarted(std::string_view actor, std::string_view reason);

private:
  prometheus::Family<prometheus::Counter>& restarts_;
};

} // namespace troupe::actors
