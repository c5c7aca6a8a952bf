#include "net/desk/markdown_html.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include <cmark.h>

#include "net/desk/html_text.hpp"

namespace troupe::net::desk {

namespace {

constexpr std::size_t input_limit = 64 << 10;
constexpr std::string_view cut_mark = "<p>…</p>\n";

struct free_node {
  void operator()(cmark_node* x) const noexcept {
    cmark_node_free(x);
  }
};

struct free_iterator {
  void operator()(cmark_iter* x) const noexcept {
    cmark_iter_free(x);
  }
};

struct free_text {
  void operator()(char* x) const noexcept {
    std::free(x);
  }
};

using node_pointer = std::unique_ptr<cmark_node, free_node>;

bool is_allowed(const char* url) noexcept {
  static constexpr std::string_view schemes[] = {"http://", "https://", "mailto:"};
  const std::string_view text = url ? url : "";
  return std::any_of(std::begin(schemes), std::end(schemes), [&](std::string_view scheme) {
    return text.size() > scheme.size() && std::equal(scheme.begin(), scheme.end(), text.begin(), [](char a, char b) {
             return a == (b >= 'A' && b <= 'Z' ? b | 0x20 : b);
           });
  });
}

bool is_inside_link(cmark_node* node) noexcept {
  for (auto* up = cmark_node_parent(node); up; up = cmark_node_parent(up))
    if (cmark_node_get_type(up) == CMARK_NODE_LINK)
      return true;
  return false;
}

/// Puts a node's children in its place.
void unwrap(cmark_node* node) {
  while (auto* child = cmark_node_first_child(node))
    cmark_node_insert_before(node, child);
  cmark_node_unlink(node);
  cmark_node_free(node);
}

node_pointer text_node(const char* literal) {
  node_pointer result{cmark_node_new(CMARK_NODE_TEXT)};
  cmark_node_set_literal(result.get(), literal);
  return result;
}

void put_in_place_of(cmark_node* old, node_pointer with) {
  if (cmark_node_replace(old, with.get()))
    with.release();
  cmark_node_free(old);
}

/// What would be raw HTML becomes the text that it is.
void show_as_text(cmark_node* node) {
  std::string literal = cmark_node_get_literal(node) ? cmark_node_get_literal(node) : "";
  while (literal.ends_with('\n'))
    literal.pop_back();
  auto text = text_node(literal.c_str());
  if (cmark_node_get_type(node) == CMARK_NODE_HTML_INLINE)
    return put_in_place_of(node, std::move(text));
  node_pointer paragraph{cmark_node_new(CMARK_NODE_PARAGRAPH)};
  cmark_node_append_child(paragraph.get(), text.release());
  put_in_place_of(node, std::move(paragraph));
}

/// A picture would be fetched by whoever reads the note; a link is fetched only when asked for.
void link_instead_of(cmark_node* image) {
  if (!is_allowed(cmark_node_get_url(image)) || is_inside_link(image))
    return unwrap(image);
  node_pointer link{cmark_node_new(CMARK_NODE_LINK)};
  cmark_node_set_url(link.get(), cmark_node_get_url(image));
  if (!cmark_node_first_child(image))
    cmark_node_append_child(link.get(), text_node(cmark_node_get_url(image)).release());
  while (auto* child = cmark_node_first_child(image))
    cmark_node_append_child(link.get(), child);
  put_in_place_of(image, std::move(link));
}

void neutralise(cmark_node* document) {
  // Changing a tree under its iterator isn't allowed, so what has to change is collected first; inner nodes leave
  // before the nodes around them.
  std::vector<cmark_node*> found;
  const std::unique_ptr<cmark_iter, free_iterator> walk{cmark_iter_new(document)};
  for (auto event = cmark_iter_next(walk.get()); event != CMARK_EVENT_DONE; event = cmark_iter_next(walk.get())) {
    auto* node = cmark_iter_get_node(walk.get());
    const auto type = cmark_node_get_type(node);
    const auto leaf = type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE;
    const auto around = type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE;
    if ((leaf && event == CMARK_EVENT_ENTER) || (around && event == CMARK_EVENT_EXIT))
      found.push_back(node);
  }
  for (auto* node : found) {
    const auto type = cmark_node_get_type(node);
    if (type == CMARK_NODE_IMAGE)
      link_instead_of(node);
    else if (type != CMARK_NODE_LINK)
      show_as_text(node);
    else if (!is_allowed(cmark_node_get_url(node)))
      unwrap(node);
  }
}

std::string render(cmark_node* node) {
  const std::unique_ptr<char, free_text> html{cmark_render_html(node, CMARK_OPT_DEFAULT)};
  return html ? html.get() : "";
}

/// As many items of a list as fit.
std::string render_part(cmark_node* list, std::size_t room) {
  constexpr std::size_t tags = 32;
  auto* item = cmark_node_first_child(list);
  std::size_t used = tags;
  while (item && (used += render(item).size()) <= room)
    item = cmark_node_next(item);
  while (item) {
    auto* next = cmark_node_next(item);
    cmark_node_unlink(item);
    cmark_node_free(item);
    item = next;
  }
  return cmark_node_first_child(list) ? render(list) : std::string{};
}

/// Blocks as long as they fit; false when not all did.
bool render_blocks(cmark_node* document, std::size_t room, std::string& out) {
  out = render(document);
  if (out.size() <= room)
    return true;
  out.clear();
  for (auto* block = cmark_node_first_child(document); block; block = cmark_node_next(block)) {
    const auto html = render(block);
    if (out.size() + html.size() <= room) {
      out += html;
      continue;
    }
    if (cmark_node_get_type(block) == CMARK_NODE_LIST)
      out += render_part(block, room - out.size());
    return false;
  }
  return true;
}

/// The text without the reference line at its end: the line is put back where nothing above it can swallow it.
std::string_view without(std::string_view markdown, std::string_view marker) {
  constexpr std::string_view space = " \t\r\n";
  const auto end = markdown.find_last_not_of(space);
  const auto text = markdown.substr(0, end == markdown.npos ? 0 : end + 1);
  return !marker.empty() && text.ends_with(marker) ? text.substr(0, text.size() - marker.size()) : markdown;
}

} // namespace

std::string note_html(std::string_view markdown, std::string_view marker, std::size_t limit) {
  auto text = without(markdown, marker);
  auto whole = text.size() <= input_limit;
  if (!whole)
    text = text.substr(0, text.find_last_of("\n ", input_limit));
  const node_pointer document{
      cmark_parse_document(text.data(), std::min(text.size(), input_limit), CMARK_OPT_VALIDATE_UTF8)};
  neutralise(document.get());
  const auto last = marker.empty() ? std::string{} : "<p>" + escape_html(marker) + "</p>\n";
  const auto reserved = last.size() + cut_mark.size();
  std::string result;
  whole &= render_blocks(document.get(), limit > reserved ? limit - reserved : 0, result);
  if (!whole)
    result += cut_mark;
  return result + last;
}

} // namespace troupe::net::desk
