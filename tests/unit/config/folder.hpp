#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <string_view>

namespace troupe::testing {

/// A folder of its own for one test case, removed with all that is in it.
class folder {
public:
  folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "troupe-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error{"no temporary folder"};
    path_ = pattern;
  }
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  const std::filesystem::path& path() const {
    return path_;
  }

  std::filesystem::path file(const std::string& name, std::string_view text) const {
    const auto out = path_ / name;
    std::filesystem::create_directories(out.parent_path());
    std::ofstream{out, std::ios::binary} << text;
    return out;
  }

private:
  std::filesystem::path path_;
};

} // namespace troupe::testing
