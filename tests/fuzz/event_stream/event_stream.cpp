// However a stream's bytes are split, its events are those that a plain reading of the whole gives.

#include <cstdint>
#include <utility>
#include <vector>

#include "net/llm/sse_reader.hpp"
#include "tests/fuzz/require.hpp"

using namespace troupe::net::llm;
using troupe::fuzzing::require;

namespace {

using events = std::vector<std::pair<std::string, std::string>>;

void take(sse_reader& reader, std::string_view piece, events& into) {
  const std::string exact{piece}; // a view of an earlier piece would point to nothing
  reader.put(exact);
  sse_reader::event found;
  while (reader.next(found) == sse_reader::step::event)
    into.emplace_back(found.name, found.data);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> result;
  std::string line;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n' && text[i] != '\r') {
      line += text[i];
      continue;
    }
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n')
      ++i;
    result.push_back(std::move(line));
    line.clear();
  }
  return result;
}

/// As the standard words it, line by line.
events read_plainly(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf"))
    text.remove_prefix(3);
  events result;
  std::string name, data;
  for (const auto& line : lines_of(text)) {
    if (line.empty()) {
      if (!data.empty())
        result.emplace_back(name, data.substr(0, data.size() - 1));
      name.clear();
      data.clear();
      continue;
    }
    const auto colon = line.find(':');
    const auto field = line.substr(0, colon);
    auto value = colon == line.npos ? std::string{} : line.substr(colon + 1);
    if (value.starts_with(' '))
      value.erase(0, 1);
    if (field == "data")
      data += value + '\n';
    else if (field == "event")
      name = value;
  }
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto expected = read_plainly(text);
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{17}, size + 1}) {
    sse_reader reader;
    events found;
    for (std::size_t at = 0; at < size; at += step)
      take(reader, text.substr(at, step), found);
    require(found == expected);
  }
  if (size <= 100)
    for (std::size_t split = 0; split <= size; ++split) {
      sse_reader reader;
      events found;
      take(reader, text.substr(0, split), found);
      take(reader, text.substr(split), found);
      require(found == expected);
    }
  sse_reader bounded{16};
  events few;
  take(bounded, text, few);
  for (const auto& [name, event_data] : few)
    require(event_data.size() <= 16);
  return 0;
}
