#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

/// Small files for their owner's eyes only, such as a key.
namespace troupe::config {

/// The text names the file and the reason.
class private_file_error : public std::runtime_error {
public:
  private_file_error(const std::string& what, bool exposed) : std::runtime_error{what}, exposed_{exposed} {}

  /// The file is there, and others than its owner may read it.
  bool exposed() const noexcept {
    return exposed_;
  }

private:
  bool exposed_;
};

/// What the file holds, without line breaks at its end; nothing when it isn't there. Throws `private_file_error` when
/// it can't be read, is longer than 4 KiB, or may be read by others.
std::optional<std::string> read_private_file(const std::filesystem::path& file);

/// Makes the file with mode 0600, whole or not at all even if the power goes; of several processes one makes it.
/// @return false when it is there already. Throws `private_file_error`.
bool make_private_file(const std::filesystem::path& file, const std::string& text);

} // namespace troupe::config
