// Runs a fuzz target without clang: each file of the given corpora as it is, then mutations of them (or of nothing)
// by a seeded generator, so that a failing run repeats exactly.
//
//   fuzz_NAME [--runs N] [--seed S] [--max-length N] [FILE|FOLDER…]
//
// A target is `extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t*, std::size_t)`; it aborts on a fault. The
// input that was being run then lies in crash-SEED-RUN in the working directory. Built with clang and
// -fsanitize=fuzzer, the same targets need no driver.

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace std::literals;
using bytes = std::vector<std::uint8_t>;

struct options {
  std::uint64_t runs = 20'000;
  std::uint64_t seed = 1;
  std::size_t max_length = 4'096;
  std::vector<std::filesystem::path> corpora;
};

// What a crash leaves behind is written from a signal handler, so it is kept in plain globals.
const bytes* running = nullptr;
char crash_file[64];

void keep_input(int signal) {
  if (running) {
    int fd = ::open(crash_file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd >= 0) {
      [[maybe_unused]] auto written = ::write(fd, running->data(), running->size());
      ::close(fd);
      constexpr char note[] = "\nthe input is in ";
      written = ::write(2, note, sizeof note - 1);
      written = ::write(2, crash_file, std::strlen(crash_file));
      written = ::write(2, "\n", 1);
    }
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

[[noreturn]] void usage(const char* why) {
  std::fprintf(stderr, "%s\nusage: fuzz_NAME [--runs N] [--seed S] [--max-length N] [FILE|FOLDER...]\n", why);
  std::exit(2);
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size())
    usage("not a number");
  return value;
}

options parse(int argc, char** argv) {
  options result;
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    auto value = [&] {
      if (++i == argc)
        usage("a value is missing");
      return number(argv[i]);
    };
    if (word == "--runs")
      result.runs = value();
    else if (word == "--seed")
      result.seed = value();
    else if (word == "--max-length")
      result.max_length = value();
    else if (word.starts_with("-"))
      usage("unknown option");
    else
      result.corpora.emplace_back(word);
  }
  return result;
}

bytes read(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

std::vector<bytes> read_corpora(const options& chosen) {
  std::vector<std::filesystem::path> files;
  for (auto& path : chosen.corpora) {
    if (std::filesystem::is_directory(path)) {
      for (auto& entry : std::filesystem::recursive_directory_iterator{path})
        if (entry.is_regular_file())
          files.push_back(entry.path());
    } else if (std::filesystem::exists(path)) {
      files.push_back(path);
    } else {
      usage("no such corpus");
    }
  }
  std::sort(files.begin(), files.end()); // the same order everywhere, so that a seed means the same run
  std::vector<bytes> result;
  for (auto& file : files)
    result.push_back(read(file));
  return result;
}

class mutator {
public:
  mutator(std::uint64_t seed, std::size_t max_length, const std::vector<bytes>& corpus)
      : random_{seed}, max_length_{max_length}, corpus_{corpus} {}

  bytes next() {
    bytes input;
    if (!corpus_.empty() && below(16) != 0)
      input = corpus_[below(corpus_.size())];
    for (auto changes = 1 + below(8); changes > 0; --changes)
      change(input);
    if (input.size() > max_length_)
      input.resize(max_length_);
    return input;
  }

private:
  std::size_t below(std::size_t limit) {
    return static_cast<std::size_t>(random_() % limit);
  }

  // Bytes that mean something to parsers come more often than chance would have it.
  std::uint8_t byte() {
    static constexpr std::string_view telling = "\0\r\n\t :;,=/\\%?#&.-+\"'{}[]<>0192aAfFzZ\x7f\x80\xbf\xc0\xe2\xff"sv;
    return below(2) == 0 ? static_cast<std::uint8_t>(telling[below(telling.size())])
                         : static_cast<std::uint8_t>(random_());
  }

  void change(bytes& input) {
    auto at = below(input.size() + 1);
    auto position = input.begin() + static_cast<std::ptrdiff_t>(at);
    auto length = std::min(1 + below(1u << below(8)), input.size() - at);
    auto end = position + static_cast<std::ptrdiff_t>(length);
    switch (below(7)) {
    case 0: // flip a bit
      if (at < input.size())
        *position = static_cast<std::uint8_t>(*position ^ (1u << below(8)));
      break;
    case 1: // overwrite
      if (at < input.size())
        *position = byte();
      break;
    case 2: // insert
      input.insert(position, 1 + below(4), byte());
      break;
    case 3: // remove
      input.erase(position, end);
      break;
    case 4: { // repeat
      bytes part{position, end};
      for (auto times = 1 + below(4); times > 0 && input.size() < max_length_; --times)
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), part.begin(), part.end());
      break;
    }
    case 5: // cut off
      if (below(4) == 0)
        input.resize(at);
      break;
    default: // splice with another
      if (!corpus_.empty()) {
        auto& other = corpus_[below(corpus_.size())];
        auto from = other.begin() + static_cast<std::ptrdiff_t>(below(other.size() + 1));
        input.resize(at);
        input.insert(input.end(), from, other.end());
      }
    }
  }

  std::mt19937_64 random_;
  std::size_t max_length_;
  const std::vector<bytes>& corpus_;
};

void run(const bytes& input, std::uint64_t seed, std::uint64_t run) {
  std::snprintf(crash_file, sizeof crash_file, "crash-%llu-%llu", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(run));
  running = &input;
  // A copy of the exact size, so that a sanitizer sees a read past its end.
  auto exact = std::make_unique<std::uint8_t[]>(input.size());
  std::copy(input.begin(), input.end(), exact.get());
  LLVMFuzzerTestOneInput(exact.get(), input.size());
  running = nullptr;
}

} // namespace

int main(int argc, char** argv) {
  auto chosen = parse(argc, argv);
  for (int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM})
    std::signal(signal, keep_input);
  auto corpus = read_corpora(chosen);
  std::uint64_t count = 0;
  for (auto& input : corpus)
    run(input, chosen.seed, count++);
  mutator mutations{chosen.seed, chosen.max_length, corpus};
  for (std::uint64_t i = 0; i < chosen.runs; ++i) {
    ::alarm(20); // an input that takes this long hangs
    run(mutations.next(), chosen.seed, count++);
  }
  ::alarm(0);
  std::printf("%llu inputs, none failed (seed %llu)\n", static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(chosen.seed));
}
