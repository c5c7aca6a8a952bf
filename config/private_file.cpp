#include "config/private_file.hpp"

#include "config/values.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace troupe::config {

namespace {

constexpr std::size_t longest = 4096;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what, int code) {
  throw private_file_error{file.string() + ' ' + what + ": " + std::generic_category().message(code), false};
}

/// Closes at the end of the scope.
class descriptor {
public:
  explicit descriptor(int number) : number_{number} {}
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  operator int() const noexcept {
    return number_;
  }

private:
  int number_;
};

/// 0, or why the text isn't on the disk.
int write_new(const std::filesystem::path& file, const std::string& text) {
  const descriptor out{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (out < 0)
    return errno;
  const auto written = ::write(out, text.data(), text.size());
  if (written < 0)
    return errno;
  if (static_cast<std::size_t>(written) != text.size())
    return ENOSPC;
  return ::fsync(out) == 0 ? 0 : errno;
}

/// The folder's entry must survive a power cut like the file itself.
void sync_folder(const std::filesystem::path& file) {
  const auto folder = file.parent_path();
  const descriptor entry{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (entry >= 0)
    ::fsync(entry);
}

} // namespace

std::optional<std::string> read_private_file(const std::filesystem::path& file) {
  const descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (in < 0 && errno == ENOENT)
    return std::nullopt;
  struct stat found {};
  if (in < 0 || ::fstat(in, &found) != 0)
    fail(file, "can't be read", errno);
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw private_file_error{file.string() + " can be read by others: chmod 600 it", true};
  std::string text(longest + 1, '\0');
  const auto size = ::read(in, text.data(), text.size());
  if (size < 0)
    fail(file, "can't be read", errno);
  if (static_cast<std::size_t>(size) > longest)
    fail(file, "can't be read", EFBIG);
  text.resize(static_cast<std::size_t>(size));
  return trim_line_end(std::move(text));
}

bool make_private_file(const std::filesystem::path& file, const std::string& text) {
  auto draft = file;
  draft += '.' + random_hex(6);
  auto code = write_new(draft, text);
  if (code == 0 && ::link(draft.c_str(), file.c_str()) != 0)
    code = errno;
  ::unlink(draft.c_str());
  if (code != 0 && code != EEXIST)
    fail(file, "can't be made", code);
  sync_folder(file);
  return code == 0;
}

} // namespace troupe::config
