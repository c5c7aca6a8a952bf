#pragma once

#include <memory>
#include <string>

#include "storage/backend.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/posting_lists.hpp"

namespace troupe::storage::sqlite {

/// A database in one file, `sqlite:PATH`. Connections share nothing but the file and what readers remember of its
/// full-text indices.
class backend final : public storage::backend {
public:
  /// Opens or makes the file, migrates it if it is empty, proves the master key.
  explicit backend(const open_options& options);

  std::unique_ptr<storage::reader> open_reader() override;
  std::unique_ptr<storage::writer> open_writer() override;
  std::string name() const override;

private:
  void prove_key(connection& on);

  connection_options connection_;
  std::string name_;
  config::secret master_;
  std::optional<config::secret> previous_;
  std::shared_ptr<posting_cache> postings_;
};

/// How to connect to what `options.url` names. Throws `error{fault::refused}` for an empty path.
connection_options connection_to(const open_options& options);

} // namespace troupe::storage::sqlite
