#include "actors/cli/demo_data.hpp"

#include "actors/cli/command.hpp"
#include "actors/cli/opened.hpp"
#include "actors/cli/tenant_rules.hpp"
#include "actors/search/import.hpp"

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <system_error>
#include <utility>

namespace troupe::actors::cli {

namespace {

using search::import_kind;

constexpr std::pair<const char*, import_kind> parts[]{
    {"tickets", import_kind::tickets}, {"articles", import_kind::articles}, {"assets", import_kind::assets}};

storage::tenant demo_tenant() {
  storage::tenant out;
  out.id = "demo";
  out.name = "Demonstration";
  out.signing_secrets = {make_signing_secret()};
  out.webhooks_per_minute = 0;
  out.created_at = out.updated_at = now();
  return out;
}

void import_part(storage::writer& into, const std::filesystem::path& folder, const std::string& name,
                 import_kind kind) {
  for (const auto* ending : {".jsonl", ".csv"}) {
    const auto file = folder / (name + ending);
    if (!std::filesystem::exists(file))
      continue;
    const auto report = search::import_file(into, kind, "demo", file);
    std::cerr << "troupe: imported " << report.stored << ' ' << name << " of " << file.string() << '\n';
    if (report.rejected > 0)
      throw failure{file.string() + ": " + std::to_string(report.rejected) + " rows are wrong; see 'troupe import "
                    + name + "'"};
    return;
  }
}

} // namespace

demo_folder::demo_folder(const std::filesystem::path& asked) : path_{asked}, temporary_{asked.empty()} {
  std::error_code fault;
  if (temporary_) {
    auto pattern = (std::filesystem::temp_directory_path() / "troupe-demo-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw failure{"can't make a folder " + pattern + ": " + std::generic_category().message(errno)};
    path_ = pattern;
  } else if (std::filesystem::create_directories(path_, fault); fault) {
    throw failure{"can't make the folder " + path_.string() + ": " + fault.message()};
  }
}

demo_folder::~demo_folder() {
  std::error_code ignored;
  if (temporary_)
    std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path samples_folder(const std::filesystem::path& asked) {
  const auto folder = asked.empty() ? std::filesystem::path{TROUPE_SAMPLES} : asked;
  std::error_code unreadable;
  if (!std::filesystem::is_directory(folder, unreadable))
    throw failure{"the sample data aren't in " + folder.string() + "; say where they are by --samples DIR"};
  return folder;
}

storage::tenant prepare_demo(storage::backend& database, const std::filesystem::path& samples) {
  if (const auto there = database.open_reader()->find_tenant("demo"))
    return *there;
  const auto writer = database.open_writer();
  auto tenant = demo_tenant();
  writer->add_tenant(tenant);
  for (const auto& [name, kind] : parts)
    import_part(*writer, samples, name, kind);
  return tenant;
}

} // namespace troupe::actors::cli
