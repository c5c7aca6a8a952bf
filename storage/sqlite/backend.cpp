#include "storage/sqlite/backend.hpp"

#include "storage/keyring.hpp"
#include "storage/master_key.hpp"
#include "storage/sqlite/master_check.hpp"
#include "storage/sqlite/reader.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/writer.hpp"

#include <filesystem>

namespace troupe::storage::sqlite {

namespace {

constexpr std::string_view scheme = "sqlite:";
/// The writer's pages are those at the ends of the tables; a reader's those of the full-text index.
constexpr int writer_cache_kibibytes = 4'096;
constexpr int reader_cache_kibibytes = 8'192;
/// Room for the lists of all words of some 100,000 tickets.
constexpr std::size_t posting_cache_bytes = 32 << 20;

std::filesystem::path key_file_of(const std::string& database) {
  std::filesystem::path file{database};
  file.replace_extension(".key");
  if (file == database)
    file += ".key";
  return file;
}

} // namespace

connection_options connection_to(const open_options& options) {
  auto path = options.url.substr(scheme.size());
  if (path.empty())
    throw error{fault::refused, "storage.url names no file: " + options.url};
  // SQLite takes `:memory:` and `file:` for something else than a file's name.
  if (path.front() != '/')
    path.insert(0, "./");
  return {path, options.busy_timeout, options.size_limit, false, writer_cache_kibibytes};
}

backend::backend(const open_options& options)
    : connection_{connection_to(options)}, name_{options.url}, previous_{options.previous_master_key},
      postings_{std::make_shared<posting_cache>(posting_cache_bytes)} {
  connection on{connection_};
  prepare(on);
  const auto file = key_file_of(connection_.path);
  if (options.master_key)
    master_ = *options.master_key;
  else if (!load_check(on).empty() && !std::filesystem::exists(file))
    throw error{fault::wrong_key, name_ + " is encrypted, and its master key " + file.string() + " is missing"};
  else
    master_ = master_key_in(file);
  prove_key(on);
}

void backend::prove_key(connection& on) {
  keyring keys{master_, previous_};
  auto check = load_check(on);
  if (check.empty()) {
    write_transaction change{on};
    check = load_check(on); // another process may have been faster
    if (check.empty()) {
      check = keys.make_check();
      store_check(on, check);
      change.commit();
    }
  }
  keys.verify_check(check);
}

std::unique_ptr<storage::reader> backend::open_reader() {
  auto options = connection_;
  options.read_only = true;
  options.cache_kibibytes = reader_cache_kibibytes;
  return std::make_unique<reader>(options, master_, previous_, postings_);
}

std::unique_ptr<storage::writer> backend::open_writer() {
  return std::make_unique<writer>(connection_, master_, previous_);
}

std::string backend::name() const {
  return name_;
}

} // namespace troupe::storage::sqlite
