#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "actors/search/finder.hpp"
#include "storage/backend.hpp"

namespace troupe::testing {

/// A database of its own with the tenants `acme` and `globex`.
class search_fixture {
public:
  search_fixture();
  ~search_fixture();
  search_fixture(const search_fixture&) = delete;
  search_fixture& operator=(const search_fixture&) = delete;

  void put(const std::vector<storage::past_ticket>& rows, const std::string& tenant = "acme");

  /// Ids of what is found, best first.
  std::vector<std::string> similar(const std::string& subject, const std::string& description = {},
                                   const std::string& tenant = "acme");

private:
  std::filesystem::path folder_;

public:
  std::unique_ptr<storage::backend> database;
  std::unique_ptr<storage::writer> writer;
  std::unique_ptr<storage::reader> reader;
  actors::search::finder finder;
};

} // namespace troupe::testing
