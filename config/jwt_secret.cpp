#include "config/load.hpp"

#include "config/log.hpp"
#include "config/private_file.hpp"
#include "config/values.hpp"

#include <stdexcept>

namespace troupe::config {

namespace {

constexpr std::size_t shortest = 32;

} // namespace

std::filesystem::path database_path(const std::string& url) {
  constexpr std::string_view scheme = "sqlite:";
  return url.starts_with(scheme) ? std::filesystem::path{url.substr(scheme.size())} : std::filesystem::path{};
}

void provide_jwt_secret(settings& value) {
  if (!value.jwt.secret.empty() || !value.jwt.jwks_url.empty())
    return;
  auto file = database_path(value.storage.url);
  if (file.empty())
    throw std::runtime_error{"auth.jwt.secret is missing"};
  file.replace_extension(".jwt");
  try {
    auto text = read_private_file(file);
    if (!text) {
      if (make_private_file(file, random_hex(shortest) + '\n'))
        log::info("token_secret_made", "made a secret that signs users' tokens", {{"file", file.string()}});
      text = read_private_file(file);
    }
    if (!text || text->size() < shortest)
      throw std::runtime_error{file.string() + " is shorter than 32 bytes"};
    value.jwt.secret = secret{std::move(*text)};
  } catch (const std::runtime_error& e) {
    throw std::runtime_error{"the token secret " + std::string{e.what()}};
  }
}

} // namespace troupe::config
