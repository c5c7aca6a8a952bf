#include "actors/search/import/csv_reader.hpp"

#include <algorithm>
#include <string_view>

namespace troupe::actors::search {

namespace {

char most_used_separator(std::string_view header) {
  char best = ',';
  std::ptrdiff_t most = 0;
  bool quoted = false;
  std::string bare;
  for (const char c : header) {
    if (c == '"')
      quoted = !quoted;
    else if (!quoted)
      bare.push_back(c);
  }
  for (const char candidate : {',', ';', '\t'}) {
    if (const auto n = std::count(bare.begin(), bare.end(), candidate); n > most) {
      best = candidate;
      most = n;
    }
  }
  return best;
}

bool blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

} // namespace

bool csv_reader::next(csv_record& into) {
  do {
    if (!from_.next(line_))
      return false;
  } while (blank(line_));
  if (separator_ == '\0')
    separator_ = most_used_separator(line_);
  into.line = from_.number();
  into.fields.clear();
  into.fault.clear();
  parse(into);
  return true;
}

// A quoted field goes on in the next line.
bool csv_reader::more(csv_record& into) {
  std::string next;
  if (!from_.next(next)) {
    into.fault = "a closing quote for each opening one";
    return false;
  }
  if (from_.cut() || line_.size() + next.size() >= record_limit) {
    into.fault = "at most 1 MiB";
    return false;
  }
  line_ += '\n';
  line_ += next;
  return true;
}

void csv_reader::parse(csv_record& into) {
  if (from_.cut()) {
    into.fault = "at most 1 MiB";
    return;
  }
  std::size_t at = 0;
  for (;;) {
    if (into.fields.size() == field_limit) {
      into.fault = "at most 256 fields";
      return;
    }
    auto& field = into.fields.emplace_back();
    if (at < line_.size() && line_[at] == '"') {
      ++at;
      for (;;) {
        const auto quote = line_.find('"', at);
        if (quote == std::string::npos) {
          // The text so far is taken over, so that a long field isn't searched again with each line.
          field.append(line_, at);
          at = line_.size();
          if (!more(into))
            return;
          continue;
        }
        field.append(line_, at, quote - at);
        at = quote + 1;
        if (at >= line_.size() || line_[at] != '"')
          break;
        field += '"';
        ++at;
      }
      if (at < line_.size() && line_[at] != separator_) {
        into.fault = "nothing between a closing quote and the separator";
        return;
      }
    } else {
      const auto end = std::min(line_.find(separator_, at), line_.size());
      field.assign(line_, at, end - at);
      at = end;
    }
    if (at >= line_.size())
      return;
    ++at;
  }
}

} // namespace troupe::actors::search
