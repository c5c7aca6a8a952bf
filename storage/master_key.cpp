#include "storage/master_key.hpp"

#include "config/base64.hpp"
#include "config/log.hpp"
#include "storage/cipher.hpp"
#include "storage/types.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace troupe::storage {

namespace {

constexpr std::size_t key_size = 32;

[[noreturn]] void fail(const std::filesystem::path& file, const char* what, int code) {
  throw error{fault::unavailable, "the master key " + file.string() + ' ' + what + ": " + std::strerror(code)};
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

  int get() const noexcept {
    return number_;
  }

private:
  int number_;
};

/// Nothing when there is no such file.
std::optional<config::secret> read_key(const std::filesystem::path& file) {
  const descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (in.get() < 0) {
    if (errno == ENOENT)
      return std::nullopt;
    fail(file, "can't be read", errno);
  }
  struct stat found {};
  if (::fstat(in.get(), &found) != 0)
    fail(file, "can't be read", errno);
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw error{fault::wrong_key, "the master key " + file.string() + " can be read by others: chmod 600 it"};
  std::array<char, 256> buffer;
  const auto size = ::read(in.get(), buffer.data(), buffer.size());
  if (size < 0)
    fail(file, "can't be read", errno);
  std::string_view text{buffer.data(), static_cast<std::size_t>(size)};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  auto key = config::decode_base64(text);
  if (!key || key->size() != key_size)
    throw error{fault::wrong_key, "the master key " + file.string() + " is not 32 bytes in base64"};
  return config::secret{std::move(*key)};
}

/// The directory's entry must survive a power cut like the file itself.
void sync_folder(const std::filesystem::path& file) {
  auto folder = file.parent_path();
  const descriptor entry{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (entry.get() >= 0)
    ::fsync(entry.get());
}

/// Made under another name and then linked: whole or absent, and only one of several processes makes it.
bool make_key(const std::filesystem::path& file) {
  std::array<unsigned char, key_size + 6> random;
  random_bytes{}.fill(random.data(), random.size());
  const std::string_view bytes{reinterpret_cast<const char*>(random.data()), random.size()};
  auto draft = file;
  draft += '.';
  for (const unsigned char byte : bytes.substr(key_size)) {
    std::array<char, 3> digits;
    std::snprintf(digits.data(), digits.size(), "%02x", byte);
    draft += digits.data();
  }
  const auto text = config::encode_base64(bytes.substr(0, key_size)) + '\n';
  int code = 0;
  {
    const descriptor out{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (out.get() < 0)
      fail(file, "can't be made", errno);
    const auto written = ::write(out.get(), text.data(), text.size());
    if (written < 0)
      code = errno;
    else if (static_cast<std::size_t>(written) != text.size())
      code = ENOSPC;
    else if (::fsync(out.get()) != 0)
      code = errno;
  }
  if (code == 0 && ::link(draft.c_str(), file.c_str()) != 0)
    code = errno;
  ::unlink(draft.c_str());
  if (code != 0 && code != EEXIST)
    fail(file, "can't be made", code);
  sync_folder(file);
  return code == 0;
}

} // namespace

config::secret master_key_in(const std::filesystem::path& file) {
  if (auto key = read_key(file))
    return *key;
  if (make_key(file))
    config::log::warn("master_key_made",
                      "A master key was made beside the database. Keep a copy: without it what is encrypted is lost.",
                      {{"file", file.string()}});
  if (auto key = read_key(file))
    return *key;
  fail(file, "can't be read", ENOENT);
}

} // namespace troupe::storage
