#include "net/http/router.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "net/http/target.hpp"
#include "net/http/text.hpp"

namespace troupe::net::http {

namespace {

constexpr std::size_t max_segments = 16;

bool is_parameter(std::string_view segment) noexcept {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// Splits without allocating. More segments than fit: `max_segments + 1`.
std::size_t split(std::string_view path, std::array<std::string_view, max_segments>& into) noexcept {
  std::size_t count = 0;
  path.remove_prefix(1);
  for (;;) {
    auto slash = path.find('/');
    if (count == max_segments)
      return max_segments + 1;
    into[count++] = path.substr(0, slash);
    if (slash == path.npos)
      return count;
    path.remove_prefix(slash + 1);
  }
}

bool fits(const route_entry& route, const std::array<std::string_view, max_segments>& segments) noexcept {
  for (std::size_t i = 0; i < route.segments.size(); ++i) {
    bool same = is_parameter(route.segments[i]) ? !segments[i].empty() : route.segments[i] == segments[i];
    if (!same)
      return false;
  }
  return true;
}

/// Whether `a` is to be tried before `b`: it has a literal segment where `b` first has a parameter.
bool is_more_specific(const route_entry* a, const route_entry* b) noexcept {
  for (std::size_t i = 0; i < a->segments.size(); ++i) {
    bool pa = is_parameter(a->segments[i]);
    bool pb = is_parameter(b->segments[i]);
    if (pa != pb)
      return pb;
  }
  return false;
}

bool same_shape(const route_entry& a, const route_entry& b) noexcept {
  return std::equal(a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
                    [](auto& x, auto& y) { return x == y || (is_parameter(x) && is_parameter(y)); });
}

/// What answers the method: HEAD is answered by GET unless it has an operation of its own.
const route_entry::operation* answering(const route_entry& route, std::string_view method) noexcept {
  auto* operation = route.find(method);
  return !operation && method == "HEAD" ? route.find("GET") : operation;
}

} // namespace

const route_entry::operation* route_entry::find(std::string_view method) const noexcept {
  for (auto& known : operations)
    if (known.method == method)
      return &known;
  return nullptr;
}

void router::add(std::string_view method, std::string_view pattern, handler h, std::string_view content_type,
                 leaving when_gone) {
  if (!pattern.starts_with('/'))
    throw std::invalid_argument{"a route must begin with a slash: " + std::string{pattern}};
  std::array<std::string_view, max_segments> segments;
  auto count = split(pattern, segments);
  if (count > max_segments)
    throw std::invalid_argument{"a route has too many segments: " + std::string{pattern}};
  auto known = std::find_if(routes_.begin(), routes_.end(), [&](auto& route) { return route->pattern == pattern; });
  if (known == routes_.end()) {
    auto route = std::make_unique<route_entry>();
    route->pattern = pattern;
    route->number = routes_.size();
    route->segments.assign(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(count));
    if (std::any_of(route->segments.begin(), route->segments.end(), is_parameter)) {
      if (by_segments_.size() <= count)
        by_segments_.resize(count + 1);
      auto& same_length = by_segments_[count];
      for (auto* other : same_length)
        if (same_shape(*route, *other))
          throw std::invalid_argument{"two routes differ in the names of parameters only: " + route->pattern + " and "
                                      + other->pattern};
      same_length.insert(std::upper_bound(same_length.begin(), same_length.end(), route.get(), is_more_specific),
                         route.get());
    } else {
      literal_.emplace(route->pattern, route.get());
    }
    known = routes_.insert(routes_.end(), std::move(route));
  }
  auto& route = **known;
  if (route.find(method))
    throw std::invalid_argument{"a route was added twice: " + std::string{method} + " " + std::string{pattern}};
  std::string type{content_type};
  std::transform(type.begin(), type.end(), type.begin(), to_lower);
  route.operations.push_back({std::string{method}, std::move(h), std::move(type), when_gone});
  if (!route.allow.empty())
    route.allow += ", ";
  route.allow += method;
  if (method == "GET" && !route.find("HEAD"))
    route.allow += ", HEAD";
}

const route_entry* router::find_path(std::string_view path, request& r) const {
  if (auto literal = literal_.find(path); literal != literal_.end())
    return literal->second;
  std::array<std::string_view, max_segments> segments;
  auto count = split(path, segments);
  if (count >= by_segments_.size())
    return nullptr;
  for (auto* route : by_segments_[count]) {
    if (!fits(*route, segments))
      continue;
    for (std::size_t i = 0; i < count; ++i)
      if (is_parameter(route->segments[i])) {
        auto& [name, value] =
            r.parameters.emplace_back(route->segments[i].substr(1, route->segments[i].size() - 2), segments[i]);
        std::replace(value.begin(), value.end(), escaped_slash, '/');
      }
    return route;
  }
  return nullptr;
}

router::match router::find(request& r) const {
  match result;
  r.parameters.clear();
  result.path = r.path.starts_with('/') ? find_path(r.path, r) : nullptr;
  if (!result.path) {
    result.refusal = 404;
    return result;
  }
  auto* operation = answering(*result.path, r.method);
  if (!operation) {
    result.refusal = 405;
    return result;
  }
  if (!operation->content_type.empty()) {
    auto coding = r.get("Content-Encoding");
    if (!equal_ignoring_case(media_type(r.get("Content-Type")), operation->content_type)
        || !(coding.empty() || equal_ignoring_case(coding, "identity"))) {
      result.refusal = 415;
      return result;
    }
  }
  result.found = operation;
  return result;
}

response router::refuse(const match& m, const request& r) {
  switch (m.refusal) {
  case 405: {
    auto result = problem(405, "This path doesn't know the method; it knows " + m.path->allow + ".", r.id);
    result.headers.emplace_back("Allow", m.path->allow);
    return result;
  }
  case 415: {
    auto* operation = answering(*m.path, r.method);
    auto result = problem(415, "The body must be " + operation->content_type + ", without a content coding.", r.id);
    result.headers.emplace_back("Accept", operation->content_type);
    return result;
  }
  default:
    return problem(404, "There is nothing at this path.", r.id);
  }
}

void router::route(request& r, const reply& done) const {
  if (auto m = find(r); m.found)
    m.found->handle(r, done);
  else
    done(refuse(m, r));
}

} // namespace troupe::net::http
