#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/backend.hpp"

namespace troupe::storage::testing {

/// An empty database of the backend under test, removed at the end. Each backend's program brings its own
/// `make_database`.
class test_database {
public:
  virtual ~test_database() = default;

  /// Opens it with a fixed master key.
  virtual open_options options() const = 0;
};

std::unique_ptr<test_database> make_database();

/// A database with the tenants `acme` and `globex`, one connection that writes and one that reads.
class storage_fixture {
public:
  storage_fixture();

  /// Closes all connections and opens new ones, as a restart does.
  void restart();

  append_result put(const append& value) {
    return writer->append_batch({&value, 1}).at(0);
  }

  /// Stores a changed tenant, whoever has changed it before.
  void change(const tenant& value) {
    writer->update_tenant(value, reader->find_tenant(value.id)->updated_at);
  }

  std::unique_ptr<test_database> database;
  std::unique_ptr<storage::backend> backend;
  std::unique_ptr<storage::writer> writer;
  std::unique_ptr<storage::reader> reader;
};

/// Milliseconds after an arbitrary moment.
timestamp at(std::int64_t milliseconds);

tenant make_tenant(const std::string& id);

entity_key job_of(const std::string& tenant, const std::string& id);

/// A first event of a pending job that is due at `at(0)`.
append accepted(const entity_key& job, const std::string& payload = "{}");

/// Further events.
append next(const entity_key& entity, std::uint64_t expected, std::vector<std::string> types);

entity_key talk_of(const std::string& tenant, const std::string& id);

/// The first event of a conversation of `user` with the agent `coach`, opened at `at(0)`.
append opened(const entity_key& talk, const std::string& user, const std::string& slot = "");

using ids = std::vector<std::string>;

template <class Jobs>
ids ids_of(const Jobs& jobs) {
  ids result;
  for (const auto& job : jobs)
    result.push_back(job.id);
  return result;
}

/// The fault that the call throws, if it throws one.
std::optional<fault> fault_of_call(const std::function<void()>& call);

/// Texts that try to be more than text: SQL, full-text syntax, control characters.
const std::vector<std::string>& hostile_texts();

} // namespace troupe::storage::testing
