#include "net/llm/endpoint_check.hpp"

#include <future>
#include <optional>
#include <utility>

#include "net/llm/anthropic/wire.hpp"
#include "net/llm/members.hpp"
#include "net/llm/openai/wire.hpp"

namespace troupe::net::llm {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;

/// A model's name as a step of a path.
std::string encoded(std::string_view name) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:@";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const auto c : name) {
    if (plain.find(c) != plain.npos) {
      out += c;
      continue;
    }
    out += '%';
    out += digits[static_cast<unsigned char>(c) >> 4U];
    out += digits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

/// Whether a list of models names it; nothing where that is no such list.
std::optional<bool> has_model(std::string_view list, const std::string& model) {
  bool found = false;
  bool is_list = false;
  std::string id;
  json::reader in{list, json::strictness::lenient};
  each_member(in, [&](std::string_view name) {
    if (name != "data")
      return in.skip();
    is_list = each_element(in, [&] {
      each_member(in, [&](std::string_view member) {
        if (member != "id")
          return in.skip();
        read_text(in, id);
        found = found || id == model || id == model + ":latest";
      });
    });
  });
  return in.finish() && is_list ? std::optional{found} : std::nullopt;
}

class endpoint_look {
public:
  endpoint_look(const http::dialer& dial, const config::provider_settings& settings) : settings_{settings} {
    http::endpoint_settings where;
    where.url = settings.base_url;
    where.ca_file = settings.ca_file.string();
    client_ = dial(where);
  }

  endpoint_finding find() {
    const auto of_model = get("/models/" + encoded(settings_.model));
    const auto* answer = std::get_if<http::call_response>(&of_model);
    if (!answer || answer->status != 404)
      return judge(of_model, "answers and has the model \"" + settings_.model + '"');
    const auto of_all = get("/models");
    const auto* list = std::get_if<http::call_response>(&of_all);
    if (!list || list->status < 200 || list->status >= 300)
      return judge(of_all, {});
    const auto known = has_model(list->body, settings_.model);
    if (!known)
      return found(endpoint_fault::none, "answers; it doesn't tell which models it has");
    return *known ? judge(of_all, "answers and has the model \"" + settings_.model + '"')
                  : found(endpoint_fault::wrong_model, "has no model \"" + settings_.model + '"');
  }

private:
  http::call_result get(std::string target) {
    http::call what;
    what.target = std::move(target);
    what.headers = settings_.kind == config::provider_kind::anthropic ? anthropic::fixed_headers(settings_)
                                                                      : openai::key_header(settings_.api_key);
    what.timeout = what.connect_timeout = patience;
    std::promise<http::call_result> told;
    client_->send(std::move(what), [&told](http::call_result result) { told.set_value(std::move(result)); });
    return told.get_future().get();
  }

  endpoint_finding found(endpoint_fault fault, const std::string& what) const {
    return {fault, settings_.base_url + ' ' + what};
  }

  endpoint_finding judge(const http::call_result& result, const std::string& well) const {
    if (const auto* failed = std::get_if<http::call_failure>(&result))
      return found(endpoint_fault::no_route, "can't be reached: " + failed->detail);
    const auto status = std::get<http::call_response>(result).status;
    const auto text = " (HTTP " + std::to_string(status) + ')';
    if (status == 401 || status == 403)
      return found(endpoint_fault::wrong_key, (settings_.api_key.empty() ? "wants a key" : "refuses the key") + text);
    if (status >= 500)
      return found(endpoint_fault::unwell, "is unwell" + text);
    if (status >= 300 && status < 400)
      return found(endpoint_fault::unwell, "redirects, which isn't followed" + text);
    return found(endpoint_fault::none, status < 300 ? well : "answers; it doesn't tell which models it has" + text);
  }

  const config::provider_settings& settings_;
  std::unique_ptr<http::caller> client_;
};

} // namespace

endpoint_finding check_endpoint(const http::dialer& dial, const config::provider_settings& settings) {
  return endpoint_look{dial, settings}.find();
}

} // namespace troupe::net::llm
