#include "actors/search/articles_reply.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "actors/search/query.hpp"

namespace troupe::actors::search {

namespace {

using nlohmann::json;

constexpr std::size_t question_limit = 200;
constexpr std::size_t question_words = 12;
constexpr std::size_t line_limit = 300;
constexpr std::size_t summary_limit = 2'000;
constexpr std::size_t body_limit = 20'000;
constexpr std::size_t url_limit = 2'048;

/// Cut between characters.
std::string shortened(std::string text, std::size_t limit) {
  if (text.size() <= limit)
    return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80)
    --limit;
  text.resize(limit);
  return text;
}

std::string text_of(const json& object, const char* name, std::size_t limit) {
  const auto found = object.find(name);
  if (found == object.end())
    return {};
  if (found->is_string())
    return shortened(found->get<std::string>(), limit);
  return found->is_number_integer() ? found->dump() : std::string{};
}

std::string url_of(const json& object) {
  const auto found = object.find("url");
  if (found == object.end() || !found->is_string())
    return {};
  const auto& url = found->get_ref<const std::string&>();
  const bool scheme = url.starts_with("https://") || url.starts_with("http://");
  const bool plain = std::ranges::all_of(url, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7F && c != '"' && c != '<' && c != '>' && c != '\\';
  });
  return scheme && plain && url.size() <= url_limit ? url : std::string{};
}

} // namespace

article_query article_question(std::string_view subject, std::string_view description) {
  auto words = words_of(subject, description);
  std::vector<double> weights;
  for (const auto& word : words)
    weights.push_back(word.weight);
  const auto count = std::min(question_words, weights.size());
  std::ranges::partial_sort(weights, weights.begin() + static_cast<std::ptrdiff_t>(count), std::greater<>{});
  const auto least = count == 0 ? 0 : weights[count - 1];

  article_query result;
  std::vector<std::string> stems;
  for (auto& word : words) {
    if (word.weight < least || stems.size() == count || result.text.size() + word.text.size() + 1 > question_limit)
      continue;
    result.text += (result.text.empty() ? "" : " ") + word.text;
    stems.push_back(std::move(word.stem));
  }
  std::ranges::sort(stems);
  for (const auto& stem : stems)
    result.key += stem + ' ';
  return result;
}

std::optional<std::vector<storage::article_hit>> parse_articles(std::string_view body, std::size_t limit) {
  const auto document = json::parse(body, nullptr, false);
  const json* list = &document;
  if (document.is_object()) {
    const auto found = document.find("articles");
    if (found == document.end())
      return std::nullopt;
    list = &*found;
  }
  if (!list->is_array())
    return std::nullopt;
  std::vector<storage::article_hit> result;
  for (const auto& item : *list) {
    if (result.size() == limit)
      break;
    if (!item.is_object())
      continue;
    storage::article_hit hit;
    hit.article.id = text_of(item, "id", line_limit);
    hit.article.title = text_of(item, "title", line_limit);
    hit.article.summary = text_of(item, "summary", summary_limit);
    hit.article.body = text_of(item, "body", body_limit);
    hit.article.url = url_of(item);
    if (hit.article.title.empty())
      hit.article.title = hit.article.id;
    if (hit.article.title.empty())
      continue;
    hit.score = 1.0 / static_cast<double>(result.size() + 1);
    result.push_back(std::move(hit));
  }
  return result;
}

} // namespace troupe::actors::search
