#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

namespace troupe::simulation {

/// What happened, in order: always as a hash, and as lines for people when asked to. Two runs of a seed must give the
/// same hash. A line is `[when in virtual time] who: what`.
class trace {
public:
  /// @param aloud print the lines to standard output
  explicit trace(bool aloud) : aloud_{aloud} {}

  bool aloud() const noexcept {
    return aloud_;
  }

  std::uint64_t hash() const noexcept {
    return hash_;
  }

  /// Parts are texts and whole numbers.
  template <class... Parts>
  void note(std::chrono::nanoseconds now, std::string_view who, const Parts&... what) {
    mix(static_cast<std::uint64_t>(now.count()));
    mix(who);
    (mix(what), ...);
    if (aloud_) {
      std::string line;
      (add(line, what), ...);
      print(now, who, line);
    }
  }

  /// A step that is too frequent for a text of its own.
  void step(std::uint64_t a, std::uint64_t b) noexcept {
    mix(a);
    mix(b);
  }

  void print(std::chrono::nanoseconds now, std::string_view who, std::string_view what) const {
    std::printf("[%12.6f] %.*s: %.*s\n", static_cast<double>(now.count()) / 1e9, static_cast<int>(who.size()),
                who.data(), static_cast<int>(what.size()), what.data());
  }

private:
  template <class T>
  void mix(const T& part) noexcept {
    if constexpr (std::is_arithmetic_v<T>) {
      hash_ = (hash_ ^ static_cast<std::uint64_t>(part)) * 0x9e3779b97f4a7c15ULL;
      hash_ ^= hash_ >> 29;
    } else {
      for (const char c : std::string_view{part})
        hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
  }

  template <class T>
  static void add(std::string& line, const T& part) {
    if constexpr (std::is_arithmetic_v<T>)
      line += std::to_string(part);
    else
      line += std::string_view{part};
  }

  bool aloud_;
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

} // namespace troupe::simulation
