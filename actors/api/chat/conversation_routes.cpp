#include "actors/api/chat/conversation_routes.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "actors/api/chat/answers.hpp"
#include "actors/api/chat/conversation_view.hpp"
#include "actors/api/chat/query.hpp"
#include "actors/conversation/live/port.hpp"
#include "net/json/reader.hpp"
#include "net/json/writer.hpp"
#include "storage/conversations.hpp"

namespace troupe::actors::api::chat {

namespace http = net::http;
using namespace conversation;
using storage::conversation_record;

namespace {

constexpr std::size_t usual_page = 50;
constexpr std::size_t largest_page = 200;

/// Conversations that are looked up at a time for an export.
constexpr std::size_t export_page = 1'000;

owner owner_of(const net::jwt::claims& who) {
  return {who.tenant, who.sub};
}

storage::entity_key key_of(const conversation_record& of) {
  return {of.tenant, storage::entity_kind::conversation, of.id};
}

http::response invalid(std::string pointer, std::string message, const std::string& id) {
  return http::problem(400, "The request is not valid.", id, {{std::move(pointer), std::move(message)}});
}

/// Passes what went well on to `then`, and answers the rest.
template <class T, class Then>
port_answer<T> well(const http::reply& answer, const std::string& correlation_id, Then then) {
  return [answer, correlation_id, then = std::move(then)](std::variant<T, port_fault> found) {
    if (const auto* why = std::get_if<port_fault>(&found))
      answer(port_problem(*why, correlation_id));
    else
      then(std::get<T>(std::move(found)));
  };
}

/// A route about one conversation of the user's: `inner(record, reply, correlation id)`.
template <class Inner>
user_handler about_one(port_ptr conversations, Inner inner) {
  return [conversations = std::move(conversations),
          inner = std::move(inner)](const http::request& r, const net::jwt::claims& who, const http::reply& answer) {
    const std::string id{r.parameter("id")};
    if (!is_conversation_id(id))
      return answer(port_problem(port_fault::not_found, r.id));
    conversations->find(
        owner_of(who), id,
        well<conversation_record>(answer, r.id, [inner, answer, correlation_id = r.id](conversation_record found) {
          inner(std::move(found), answer, correlation_id);
        }));
  };
}

/// Collects the journals of a user's conversations one after the other.
class user_export : public std::enable_shared_from_this<user_export> {
public:
  user_export(port_ptr conversations, owner who, http::reply answer, std::string correlation_id)
      : conversations_{std::move(conversations)}, who_{std::move(who)}, answer_{std::move(answer)},
        correlation_id_{std::move(correlation_id)}, body_{R"({"user":)" + net::json::literal(who_.user)
                                                          + R"(,"conversations":[)"} {}

  /// Looks up the next page of them, then their journals.
  void collect() {
    conversations_->list(
        who_, {}, export_page, all_.empty() ? "" : all_.back().id,
        well<std::vector<conversation_record>>(answer_, correlation_id_,
                                               [self = shared_from_this()](std::vector<conversation_record> page) {
                                                 const bool more = page.size() == export_page;
                                                 std::ranges::move(page, std::back_inserter(self->all_));
                                                 more ? self->collect() : self->next();
                                               }));
  }

private:
  void next() {
    if (at_ == all_.size())
      return answer_(json_response(std::move(body_) + "]}"));
    conversations_->history(key_of(all_[at_]),
                            [self = shared_from_this()](auto found) { self->take(std::move(found)); });
  }

  void take(std::variant<std::vector<recorded<event>>, port_fault> found) {
    if (const auto* journal = std::get_if<std::vector<recorded<event>>>(&found))
      body_ += (body_.ends_with('[') ? "" : ",") + export_json(all_[at_], *journal);
    else if (std::get<port_fault>(found) != port_fault::not_found)
      return answer_(port_problem(std::get<port_fault>(found), correlation_id_));
    ++at_;
    next();
  }

  port_ptr conversations_;
  owner who_;
  http::reply answer_;
  std::string correlation_id_;
  std::string body_;
  std::vector<conversation_record> all_;
  std::size_t at_ = 0;
};

/// A user's own routes: anybody else's are 404.
bool is_own(const http::request& r, const net::jwt::claims& who) {
  return r.parameter("user_id") == who.sub;
}

http::response no_user(const std::string& correlation_id) {
  return http::problem(404, "There is no such user.", correlation_id);
}

} // namespace

user_handler list_conversations(port_ptr conversations) {
  return [conversations = std::move(conversations)](const http::request& r, const net::jwt::claims& who,
                                                    const http::reply& answer) {
    std::size_t limit = usual_page;
    if (const auto text = r.query_parameter("limit"); !text.empty()) {
      const auto end = std::from_chars(text.data(), text.data() + text.size(), limit);
      if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || limit < 1 || limit > largest_page)
        return answer(invalid("/limit", "must be a whole number from 1 to " + std::to_string(largest_page), r.id));
    }
    const auto before = r.query_parameter("before");
    if (!before.empty() && !is_conversation_id(before))
      return answer(invalid("/before", "must be the id of a conversation", r.id));
    conversations->list(owner_of(who), r.query_parameter("agent"), limit, before,
                        well<std::vector<conversation_record>>(
                            answer, r.id, [answer, limit](const std::vector<conversation_record>& found) {
                              std::string body = R"({"conversations":[)";
                              for (const auto& one : found)
                                body += (&one == found.data() ? "" : ",") + summary_json(one);
                              body += "],\"next\":";
                              body += found.size() < limit ? "null" : '"' + found.back().id + '"';
                              answer(json_response(body + "}"));
                            }));
  };
}

user_handler begin_conversation(port_ptr conversations) {
  return [conversations = std::move(conversations)](const http::request& r, const net::jwt::claims& who,
                                                    const http::reply& answer) {
    std::string agent{usual_agent};
    net::json::reader in{r.body};
    std::string_view name;
    in.enter_object();
    while (in.next_member(name)) {
      if (name == "agent")
        agent = in.string_or_skip().value_or("");
      else
        in.skip();
    }
    if (!in.finish())
      return answer(invalid(in.failure()->pointer, in.failure()->message, r.id));
    conversations->open_new(
        owner_of(who), agent, well<std::string>(answer, r.id, [answer, agent](const std::string& id) {
          auto made = json_response(R"({"id":")" + id + R"(","agent":)" + net::json::literal(agent) + "}", 201);
          made.headers.emplace_back("Location", "/api/v1/conversations/" + id);
          answer(std::move(made));
        }));
  };
}

user_handler show_conversation(port_ptr conversations) {
  return about_one(conversations, [conversations](const conversation_record& found, const http::reply& answer,
                                                  const std::string& correlation_id) {
    conversations->inspect(
        key_of(found),
        [found, answer](const conversation_state& s) { answer(json_response(conversation_json(found, s))); },
        [answer, correlation_id](port_fault why) { answer(port_problem(why, correlation_id)); });
  });
}

user_handler erase_conversation(port_ptr conversations) {
  return about_one(conversations, [conversations](const conversation_record& found, const http::reply& answer,
                                                  const std::string& correlation_id) {
    conversations->erase(key_of(found), "user", well<done_well>(answer, correlation_id, [answer](done_well) {
                           answer(json_response({}, 204));
                         }));
  });
}

user_handler export_conversation(port_ptr conversations) {
  return about_one(conversations, [conversations](const conversation_record& found, const http::reply& answer,
                                                  const std::string& correlation_id) {
    conversations->history(
        key_of(found), well<std::vector<recorded<event>>>(answer, correlation_id,
                                                          [found, answer](const std::vector<recorded<event>>& journal) {
                                                            answer(json_response(export_json(found, journal)));
                                                          }));
  });
}

user_handler export_user(port_ptr conversations) {
  return [conversations = std::move(conversations)](const http::request& r, const net::jwt::claims& who,
                                                    const http::reply& answer) {
    if (!is_own(r, who))
      return answer(no_user(r.id));
    std::make_shared<user_export>(conversations, owner_of(who), answer, r.id)->collect();
  };
}

user_handler erase_user(port_ptr conversations) {
  return [conversations = std::move(conversations)](const http::request& r, const net::jwt::claims& who,
                                                    const http::reply& answer) {
    if (!is_own(r, who))
      return answer(no_user(r.id));
    conversations->erase_user(owner_of(who), "user",
                              well<done_well>(answer, r.id, [answer](done_well) { answer(json_response({}, 204)); }));
  };
}

} // namespace troupe::actors::api::chat
