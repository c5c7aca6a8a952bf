#include "config/load.hpp"

#include "config/document.hpp"
#include "config/log.hpp"
#include "config/values.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace troupe::config {

namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what, int code) {
  throw std::runtime_error{"the token secret " + file.string() + " " + what + ": "
                           + std::generic_category().message(code)};
}

/// Writes a file that nobody else can read and that is whole or absent, even if the power goes: made under another
/// name, then linked. False: somebody else made it in the meantime.
bool create_private(const std::filesystem::path& file, const std::string& text) {
  auto draft = file;
  draft += '.' + random_hex(6);
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0)
    fail(file, "can't be made", errno);
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  int code = written ? 0 : (errno == 0 ? ENOSPC : errno);
  ::close(fd);
  if (written && ::link(draft.c_str(), file.c_str()) != 0)
    code = errno;
  ::unlink(draft.c_str());
  if (code != 0 && code != EEXIST)
    fail(file, "can't be made", code);
  return code == 0;
}

} // namespace

std::filesystem::path database_path(const std::string& url) {
  constexpr std::string_view scheme = "sqlite:";
  return url.starts_with(scheme) ? std::filesystem::path{url.substr(scheme.size())} : std::filesystem::path{};
}

void provide_jwt_secret(settings& value) {
  if (!value.jwt.secret.empty())
    return;
  auto file = database_path(value.storage.url);
  if (file.empty())
    throw std::runtime_error{"auth.jwt.secret is missing"};
  file.replace_extension(".jwt");
  if (!std::filesystem::exists(file) && create_private(file, random_hex(32) + '\n'))
    log::info("token_secret_made", "made a secret that signs users' tokens", {{"file", file.string()}});
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0)
    fail(file, "can't be read", errno);
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw std::runtime_error{"the token secret " + file.string() + " can be read by others: chmod 600 it"};
  auto text = trim_line_end(read_file(file));
  if (text.size() < 32)
    throw std::runtime_error{"the token secret " + file.string() + " is shorter than 32 bytes"};
  value.jwt.secret = secret{std::move(text)};
}

} // namespace troupe::config
