#pragma once

#include <string>
#include <string_view>

#include "net/json/reader.hpp"

/// Ways to read what providers answer: what has another type than it should is skipped.
namespace troupe::net::llm {

/// As deep as what providers answer is read.
inline constexpr unsigned reply_depth = 32;

/// Hands the name of each member of the object that comes next to `take`, which must read or skip its value.
/// @return false where something else came, which is skipped
template <class Take>
bool each_member(json::reader& in, Take take) {
  if (in.peek() != json::type::object) {
    in.skip();
    return false;
  }
  std::string_view name;
  in.enter_object();
  while (in.next_member(name))
    take(name);
  return true;
}

/// Calls `take`, which must read or skip it, for each element of the array that comes next.
/// @return false where something else came, which is skipped
template <class Take>
bool each_element(json::reader& in, Take take) {
  if (in.peek() != json::type::array) {
    in.skip();
    return false;
  }
  in.enter_array();
  while (in.next_element())
    take();
  return true;
}

/// Reads a string in place of what was there; empty where something else came.
inline void read_text(json::reader& in, std::string& out) {
  out = in.string_or_skip().value_or("");
}

} // namespace troupe::net::llm
