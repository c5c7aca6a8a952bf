#include "tests/simulation/peers.hpp"

#include "net/http/target.hpp"
#include "tests/simulation/world.hpp"

namespace troupe::simulation {

using namespace std::chrono_literals;
using net::http::call_fault;

namespace {

std::string_view header(const net::http::call& of, std::string_view name) {
  for (const auto& [key, value] : of.headers)
    if (key == name)
      return value;
  return {};
}

nanoseconds usual_time(world& in) {
  return in.latency.skewed(200us, 400ms);
}

constexpr const char* note_parts[] = {
    "## Similar Tickets\\nNo similar tickets found.\\n\\n## Documentation\\nNo matching articles found.\\n\\n"
    "## System Info\\nNo known systems found.\\n\\n## Recommendations\\n1. Check the spooler of ",
    ".\\n2. Restart the printer."};

std::string completion(std::string_view text) {
  return R"({"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":")"
         + std::string{text} + R"("}}],"usage":{"prompt_tokens":100,"completion_tokens":20}})";
}

/// What a model says that it extracted: some of it right, some not.
std::string fields_from(random_stream& chance) {
  if (chance.chance(0.1))
    return "{not JSON";
  const std::string_view known[] = {R"("name":"Kim")",         R"("age":31)",       R"("age":7)",
                                    R"("height":180)",         R"("weight":81.5)",  R"("experience":"beginner")",
                                    R"("goal":"lose_weight")", R"("session":true)", R"("experience":"no idea")"};
  std::string values;
  for (const auto each : known)
    if (chance.chance(0.3))
      values += (values.empty() ? "" : ",") + std::string{each};
  return R"({"values":{)" + values + "}}";
}

/// As the inside of a JSON string.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text)
    result += c == '"' ? std::string{R"(\")"} : std::string{c};
  return result;
}

std::string fault_of_desk(unsigned code) {
  return R"({"response_status":{"status_code":)" + std::to_string(code) + R"(,"status":"failed"}})";
}

} // namespace

// -- The model --------------------------------------------------------------------------------------------------------

void model_peer::departed(const net::http::call& what) {
  world_.checker.model_called(header(what, "X-Request-Id"), what.body, what.stream.has_value());
}

void model_peer::ended(const net::http::call& what) {
  world_.checker.model_waited_for(header(what, "X-Request-Id"));
}

void model_peer::arrived(const exchange_ptr& what) {
  const auto soon = usual_time(world_);
  const auto fails = [this](fault_kind kind) { return world_.faults.take(kind, number_); };
  const auto streamed = what->call.stream.has_value();
  if (fails(fault_kind::model_hang))
    return streamed ? stream(what, ending::silence, 1ms) : void();
  if (fails(fault_kind::model_error))
    return exchange::answer(what, soon, response(500, R"({"error":{"message":"down","code":"server_error"}})"));
  if (fails(fault_kind::model_rate_limited)) {
    auto slow_down = response(429, R"({"error":{"message":"slow down","code":"rate_limit_exceeded"}})");
    slow_down.headers.emplace_back("Retry-After", std::to_string(world_.latency.between(1, 3)));
    return exchange::answer(what, soon, std::move(slow_down));
  }
  if (fails(fault_kind::model_refused))
    return exchange::answer(what, soon, response(401, R"({"error":{"message":"no","code":"invalid_api_key"}})"));
  if (fails(fault_kind::model_cut))
    return streamed ? stream(what, ending::cut, 1ms) : exchange::answer(what, soon, failure(call_fault::bad_response));
  if (fails(fault_kind::model_garbage))
    return streamed ? stream(what, ending::garbage, 1ms)
                    : exchange::answer(what, soon, response(200, R"({"choices":[{"message":{"content":"## Sim)"));
  if (fails(fault_kind::model_empty))
    return streamed ? stream(what, ending::nothing, 1ms) : exchange::answer(what, soon, response(200, completion("")));
  if (fails(fault_kind::model_unreachable))
    return exchange::answer(what, soon, failure(call_fault::unreachable));
  const bool slow = fails(fault_kind::model_slow);
  if (streamed)
    return stream(what, ending::good, slow ? timeout_ / 8 : nanoseconds{10ms});
  const auto wait = slow ? timeout_ / 2 + world_.latency.even(0ns, timeout_) : soon;
  if (world_.talks.knows(header(what->call, "X-Request-Id")))
    return exchange::answer(what, wait, response(200, completion(escaped(fields_from(world_.latency)))));
  std::string text = note_parts[0];
  for (const auto& tenant : world_.plan.tenants)
    if (what->call.body.find(token_of(tenant)) != std::string::npos)
      text += token_of(tenant) + ' ';
  exchange::answer(what, wait, response(200, completion(text + note_parts[1])));
}

/// Another text each time: what is put together of two shows.
std::string model_peer::said_to(const exchange_ptr& what) {
  std::string result = "Reply " + std::to_string(++replies_) + " of " + std::to_string(number_) + " to ";
  for (const auto& tenant : world_.plan.tenants)
    if (what->call.body.find(token_of(tenant)) != std::string::npos)
      result += token_of(tenant) + " ";
  for (auto words = world_.latency.between(0, 12); words > 0; --words)
    result += words % 4 == 0 ? "größer " : "word ";
  return result + "." + (world_.latency.chance(0.2) ? "" : "<fields>" + fields_from(world_.latency))
         + (world_.latency.chance(0.1) ? "" : "</fields>");
}

/// Server-sent events, cut anywhere.
void model_peer::stream(const exchange_ptr& what, ending how, nanoseconds pace) {
  auto& chance = world_.latency;
  const auto text = how == ending::nothing ? std::string{} : said_to(what);
  const auto chunk = [](std::string_view delta, std::string_view reason) {
    return R"(data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":")" + escaped(delta)
           + R"("},"finish_reason":)" + std::string{reason} + "}]}\n\n";
  };
  std::string body;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size() - 1) + 1;
    body += chunk(text.substr(at, end - at), "null");
    at = end;
  }
  if (how == ending::cut || how == ending::silence)
    body.resize(chance.below(body.size()));
  else if (how == ending::garbage)
    body += "data: {\"choices\": [{\n\n";
  else
    body += chunk("", R"("stop")") + "data: [DONE]\n\n";
  auto wait = usual_time(world_);
  world_.after(wait, [what] {
    auto head = response(200, "");
    head.headers.emplace_back("Content-Type", "text/event-stream");
    what->begin(head);
  });
  for (std::size_t at = 0; at < body.size();) {
    const auto size = chance.between(1, 200);
    world_.after(wait, [what, piece = body.substr(at, size)] { exchange::put(what, piece); });
    wait += chance.skewed(0ns, pace);
    at += size;
  }
  if (how == ending::good)
    world_.after(wait, [this, what, reply = world_.talks.reply_of(header(what->call, "X-Request-Id"))] {
      if (what->open())
        world_.talks.model_answered(header(what->call, "X-Request-Id"), reply);
    });
  if (how != ending::silence)
    exchange::answer(what, wait,
                     how == ending::cut ? net::http::call_result{failure(call_fault::unknown_outcome)}
                                        : net::http::call_result{response(200, "")});
}

// -- The desk ---------------------------------------------------------------------------------------------------------

void desk_peer::departed(const net::http::call& what) {
  if (header(what, "authtoken") != world_.plan.tenants[tenant_].desk_key.reveal())
    world_.violated("a desk is called with another's key");
  if (what.method == "POST")
    world_.checker.note_sent(tenant_, referenced_job(*net::http::percent_decode(what.body, true)));
}

void desk_peer::arrived(const exchange_ptr& what) {
  constexpr std::string_view before = "/requests/";
  const auto& target = what->call.target;
  const auto begin = target.find(before) + before.size();
  const auto ticket = target.substr(begin, target.find('/', begin) - begin);
  if (what->call.method == "POST")
    write(what, ticket);
  else
    list(what, ticket);
}

void desk_peer::write(const exchange_ptr& what, const std::string& ticket) {
  const auto form = *net::http::percent_decode(what->call.body, true);
  constexpr std::string_view before = R"("description":)";
  const auto begin = form.find(before) + before.size();
  const auto description = form.substr(begin, form.rfind(",\"show_to_requester\"") - begin);
  const auto job = referenced_job(form);
  const auto soon = usual_time(world_);
  const auto fails = [this](fault_kind kind) { return world_.faults.take(kind, tenant_); };
  world_.checker.stays_within(tenant_, description, "a note");
  if (fails(fault_kind::desk_hang))
    return;
  if (fails(fault_kind::desk_drop))
    return exchange::answer(what, soon, failure(call_fault::unknown_outcome));
  if (fails(fault_kind::desk_error))
    return exchange::answer(what, soon, response(500, fault_of_desk(4004)));
  if (fails(fault_kind::desk_rate_limited)) {
    auto slow_down = response(429, fault_of_desk(4015));
    slow_down.headers.emplace_back("Retry-After", std::to_string(world_.latency.between(1, 5)));
    return exchange::answer(what, soon, std::move(slow_down));
  }
  if (fails(fault_kind::desk_refused))
    return exchange::answer(what, soon, response(400, fault_of_desk(4001)));
  if (fails(fault_kind::desk_unreachable))
    return exchange::answer(what, soon, failure(call_fault::unreachable));
  if (fails(fault_kind::desk_stored_late)) {
    const auto number = ++last_id_;
    late_.emplace(number, [this, ticket, job, description] { store(ticket, job, description); });
    world_.after(what->call.timeout + world_.plan.workflow.write_margin / 2, [this, number] {
      if (auto late = late_.extract(number))
        late.mapped()();
    });
    return;
  }
  const auto id = store(ticket, job, description);
  if (fails(fault_kind::desk_stored_drop))
    return exchange::answer(what, soon, failure(call_fault::unknown_outcome));
  if (fails(fault_kind::desk_stored_error))
    return exchange::answer(what, soon, response(500, fault_of_desk(4004)));
  exchange::answer(
      what, soon,
      response(201, R"({"response_status":{"status_code":2000,"status":"success"},"note":{"id":")" + id + R"("}})"));
}

std::string desk_peer::store(const std::string& ticket, const std::string& job, const std::string& description) {
  const auto id = std::to_string(++last_id_);
  notes_[ticket].push_back({id, job, description});
  world_.note("desk", "stores note ", id, " of job ", job);
  if (notes_of(job) > 1)
    world_.violated("job " + job + " has two notes");
  return id;
}

void desk_peer::settle() {
  for (auto& [number, late] : std::exchange(late_, {}))
    late();
}

void desk_peer::list(const exchange_ptr& what, const std::string& ticket) {
  const auto soon = usual_time(world_);
  const auto fails = [this](fault_kind kind) { return world_.faults.take(kind, tenant_); };
  if (fails(fault_kind::desk_list_hang))
    return;
  if (fails(fault_kind::desk_list_error))
    return exchange::answer(what, soon, response(503, "busy"));
  const auto times = fails(fault_kind::desk_list_twice) ? 2 : 1;
  std::string rows;
  for (const auto& each : notes_[ticket])
    for (int i = 0; i < times; ++i)
      rows += (rows.empty() ? "" : ",") + (R"({"id":")" + each.id + R"(","description":)" + each.description + "}");
  exchange::answer(what, soon,
                   response(200, R"({"response_status":[{"status_code":2000,"status":"success"}],"notes":[)" + rows
                                     + R"(],"list_info":{"has_more_rows":false}})"));
}

std::size_t desk_peer::notes_of(std::string_view job) const {
  std::size_t result = 0;
  for (const auto& [ticket, notes] : notes_)
    for (const auto& each : notes)
      result += each.job == job ? 1 : 0;
  return result;
}

std::string referenced_job(std::string_view text) {
  constexpr std::string_view before = "ref: ";
  constexpr std::size_t id_length = 36;
  const auto found = text.rfind(before);
  return found == std::string_view::npos ? std::string{} : std::string{text.substr(found + before.size(), id_length)};
}

// -- The knowledge base -----------------------------------------------------------------------------------------------

void articles_peer::arrived(const exchange_ptr& what) {
  const auto soon = usual_time(world_);
  if (world_.faults.take(fault_kind::articles_hang))
    return;
  if (world_.faults.take(fault_kind::articles_error))
    return exchange::answer(what, soon, response(500, "down"));
  if (world_.faults.take(fault_kind::articles_garbage))
    return exchange::answer(what, soon, response(200, "{\"articles\": ["));
  exchange::answer(what, soon,
                   response(200, R"({"articles":[{"id":"K-1","title":"Printer spooler","summary":"Restart it",)"
                                 R"("url":"https://kb.example/1"}]})"));
}

} // namespace troupe::simulation
