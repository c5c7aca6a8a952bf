#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace troupe::testing {

/// A self-signed certificate and its key, in files that are removed again.
class certificate {
public:
  /// @param name as OpenSSL writes a subject alternative name: `DNS:localhost`, `IP:127.0.0.1`
  /// @param lifetime from now on; it is good since an hour ago
  explicit certificate(const std::string& name, std::chrono::seconds lifetime = std::chrono::hours{24});
  ~certificate();
  certificate(const certificate&) = delete;
  certificate& operator=(const certificate&) = delete;

  std::filesystem::path file;
  std::filesystem::path key;
  std::string pem;

private:
  std::filesystem::path folder_;
};

} // namespace troupe::testing
