#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/metrics.hpp"
#include "storage/backend.hpp"

namespace troupe::simulation {

class world;

/// Watches what the engine does from outside, and tells the world of each invariant that doesn't hold. It knows what
/// the documents promise and nothing of how the engine keeps it.
class checker {
public:
  explicit checker(world& in) : world_{in} {}

  // -- While the world runs ------------------------------------------------------------------------------------------

  /// An append was committed, conflicted or was a duplicate, whoever wrote it.
  void appended(const storage::append& what, const storage::append_result& result);

  /// A client was told that its delivery was accepted.
  void promised(unsigned tenant, const std::string& job);

  /// A model is called. @param correlation_id the request's @param streamed its answer comes word by word
  void model_called(std::string_view correlation_id, std::string_view body, bool streamed);

  /// A call of a model was open until now.
  void model_waited_for(std::string_view correlation_id);

  /// A note goes out to a tenant's desk.
  void note_sent(unsigned tenant, const std::string& job);
  void local_note_sent(std::string_view tenant, std::string_view job, std::string_view text);

  /// A text of one tenant holds nothing of another's.
  void stays_within(unsigned tenant, std::string_view text, std::string_view what);

  /// Whether the engine knows now that a tenant is paused.
  void pause_known(const std::string& tenant, bool on);

  /// A process begins, with metrics of its own.
  void process_started();

  /// A process ends. @param in_order nothing was under way
  void process_ended(config::metrics& metrics, bool in_order);

  // -- At the end ----------------------------------------------------------------------------------------------------

  /// Jobs that haven't reached an end.
  std::size_t open_jobs() const noexcept {
    return open_;
  }

  /// The first of them, for messages.
  std::string open_job() const;

  /// Rows are the folds of their journals; each completed job has its one note.
  void check_all() const;

  struct job_story {
    std::string id;
    std::string tenant;
    std::uint64_t number = 0; ///< of the last event
    std::string last;         ///< event
    bool gathered = false;
    bool synthesized = false;
    bool paid = false; ///< a model's answer is durable
    std::chrono::nanoseconds synthesized_at{0};
    bool written = false;
    bool completed = false;
    bool ended = false;
    bool write_open = false;      ///< begun, and its owner hasn't heard or given up
    unsigned attempts_failed = 0; ///< since it was accepted or retried
    std::uint64_t epoch = 0;
  };

  /// By number, in the order of acceptance.
  const std::vector<job_story>& jobs() const noexcept {
    return jobs_;
  }

private:
  /// What one life counts for a tenant.
  struct life_count {
    std::uint64_t accepted = 0;
    std::uint64_t completed = 0;
    std::uint64_t dead = 0;
  };

  void accept(const storage::append& what);
  void follow(job_story& which, const storage::new_event& event);
  void claim(job_story& which, const storage::new_event& event);
  void check_row(const job_story& which) const;
  void check_note(const job_story& which) const;
  void check_metrics(config::metrics& metrics, bool in_order) const;
  job_story* find(std::string_view id);
  unsigned number_of(std::string_view tenant) const;
  void wrong(const job_story& which, std::string_view what) const;

  world& world_;
  std::vector<job_story> jobs_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::map<std::string, std::size_t, std::less<>> by_correlation_;
  std::map<std::string, std::chrono::nanoseconds, std::less<>> paused_since_; ///< known to the engine
  std::map<std::string, life_count, std::less<>> tallies_;
  std::size_t open_ = 0;
};

} // namespace troupe::simulation
