#include <array>
#include <string>
#include <utility>

#include "actors/text/event_fields.hpp"
#include "actors/text/json_text.hpp"
#include "actors/ticket/job_core.hpp"
#include "actors/ticket/priority.hpp"

namespace troupe::actors::ticket {

namespace {

/// Names are stored: they never change, and numbers of enumerations neither.
template <class Event>
constexpr const char* type_name = nullptr;
template <>
constexpr const char* type_name<accepted> = "accepted";
template <>
constexpr const char* type_name<claimed> = "claimed";
template <>
constexpr const char* type_name<gathered> = "gathered";
template <>
constexpr const char* type_name<synthesized> = "synthesized";
template <>
constexpr const char* type_name<write_started> = "write_started";
template <>
constexpr const char* type_name<write_unknown> = "write_unknown";
template <>
constexpr const char* type_name<write_refused> = "write_refused";
template <>
constexpr const char* type_name<note_written> = "note_written";
template <>
constexpr const char* type_name<completed> = "completed";
template <>
constexpr const char* type_name<failed> = "failed";
template <>
constexpr const char* type_name<postponed> = "postponed";
template <>
constexpr const char* type_name<dead_lettered> = "dead_lettered";
template <>
constexpr const char* type_name<parked> = "parked";
template <>
constexpr const char* type_name<retried> = "retried";
template <>
constexpr const char* type_name<discarded> = "discarded";

constexpr std::array<std::string_view, 6> statuses{"ok", "empty", "failed", "timed_out", "off", "cached"};

// -- Writing ---------------------------------------------------------------------------------------------------------

void write(json_text& out, const accepted& e) {
  out.member("ticket_id", e.ticket_id);
  out.text_member("subject", e.subject);
  out.text_member("description", e.description);
  out.member("priority", priority_name(e.priority));
  out.text_member("requester", e.requester);
  out.text_member("correlation_id", e.correlation_id);
  out.text_member("traceparent", e.traceparent);
}

void write(json_text& out, const claimed& e) {
  out.member("attempt", e.attempt);
  out.member("epoch", e.epoch);
  out.text_member("workflow", e.workflow);
}

void write(json_text& out, const storage::ticket_hit& hit) {
  out.begin_object();
  out.member("id", hit.ticket.id);
  out.text_member("subject", hit.ticket.subject);
  out.text_member("description", hit.ticket.description);
  out.text_member("resolution", hit.ticket.resolution);
  out.text_member("resolved_at", hit.ticket.resolved_at);
  out.member("score", hit.score);
  out.end_object();
}

void write(json_text& out, const storage::article_hit& hit) {
  out.begin_object();
  out.member("id", hit.article.id);
  out.text_member("title", hit.article.title);
  out.text_member("summary", hit.article.summary);
  out.text_member("url", hit.article.url);
  out.member("score", hit.score);
  out.end_object();
}

void write(json_text& out, const affected_system& system) {
  out.begin_object();
  out.member("address", system.address);
  out.text_member("hostname", system.asset.hostname);
  out.text_member("role", system.asset.role);
  out.text_member("client", system.asset.client);
  out.text_member("location", system.asset.location);
  out.end_object();
}

void write(json_text& out, const std::string& text) {
  out.value(text);
}

template <class T>
void write_list(json_text& out, std::string_view name, const std::vector<T>& list) {
  if (list.empty())
    return;
  out.key(name);
  out.begin_array();
  for (const auto& item : list)
    write(out, item);
  out.end_array();
}

void write(json_text& out, std::string_view name, const source_report& source) {
  out.key(name);
  out.begin_object();
  out.member("status", statuses[static_cast<std::size_t>(source.status)]);
  out.member("ms", source.took);
  out.end_object();
}

void write(json_text& out, const gathered& e) {
  write_list(out, "tickets", e.found.tickets);
  write_list(out, "articles", e.found.articles);
  write_list(out, "assets", e.found.systems);
  write_list(out, "unknown_addresses", e.found.unknown_addresses);
  out.key("sources");
  out.begin_object();
  write(out, "tickets", e.found.tickets_source);
  write(out, "articles", e.found.articles_source);
  write(out, "assets", e.found.assets_source);
  out.end_object();
}

void write(json_text& out, const synthesized& e) {
  out.member("note", e.note);
  out.member("provider", e.provider);
  out.text_member("model", e.model);
  out.member("input_tokens", e.input_tokens);
  out.member("output_tokens", e.output_tokens);
  out.member("cost", e.cost);
  out.member("ms", e.took);
  out.text_member("fallback", e.fallback);
}

void write(json_text& out, const write_started& e) {
  out.member("write", e.write);
  out.member("deadline", e.deadline);
}

void write(json_text& out, const write_unknown& e) {
  out.member("error", e.error);
}

void write(json_text& out, const write_refused& e) {
  out.member("error", e.error);
  if (e.retry_after)
    out.member("retry_after_ms", *e.retry_after);
}

void write(json_text& out, const note_written& e) {
  out.member("note_id", e.note_id);
  out.member("found", e.found);
}

void write(json_text&, const completed&) {}

void write(json_text& out, const failed& e) {
  out.member("step", e.step);
  out.member("attempt", e.attempt);
  out.member("error", e.error);
  out.member("retry_at", e.retry_at);
}

void write(json_text& out, const postponed& e) {
  out.member("step", e.step);
  out.member("reason", e.reason);
  out.member("retry_at", e.retry_at);
  out.member("circuit", e.circuit);
}

void write(json_text& out, const dead_lettered& e) {
  out.member("step", e.step);
  out.member("error", e.error);
}

void write(json_text&, const parked&) {}

void write(json_text& out, const retried& e) {
  out.member("by", e.by);
}

void write(json_text& out, const discarded& e) {
  out.member("by", e.by);
}

/// Room for the texts that make an event long.
std::size_t expected_size(const job_event& what) {
  if (const auto* e = std::get_if<accepted>(&what))
    return e->description.size() + e->subject.size() + 384;
  if (const auto* e = std::get_if<synthesized>(&what))
    return e->note.size() + e->note.size() / 16 + 256;
  return std::holds_alternative<gathered>(what) ? 6'144 : 128;
}

// -- Reading ---------------------------------------------------------------------------------------------------------

void read(const event_fields& in, accepted& e) {
  e.ticket_id = in.text("ticket_id");
  e.subject = in.text_or("subject");
  e.description = in.text_or("description");
  e.priority = static_cast<storage::priority>(in.name("priority", priority_names));
  e.requester = in.text_or("requester");
  e.correlation_id = in.text_or("correlation_id");
  e.traceparent = in.text_or("traceparent");
}

void read(const event_fields& in, claimed& e) {
  e.attempt = in.number<std::uint32_t>("attempt");
  e.epoch = in.number<std::uint64_t>("epoch");
  e.workflow = in.text_or("workflow");
}

void read(const event_fields& in, storage::ticket_hit& hit) {
  hit.ticket.id = in.text("id");
  hit.ticket.subject = in.text_or("subject");
  hit.ticket.description = in.text_or("description");
  hit.ticket.resolution = in.text_or("resolution");
  hit.ticket.resolved_at = in.text_or("resolved_at");
  hit.score = in.real_or("score");
}

void read(const event_fields& in, storage::article_hit& hit) {
  hit.article.id = in.text("id");
  hit.article.title = in.text_or("title");
  hit.article.summary = in.text_or("summary");
  hit.article.url = in.text_or("url");
  hit.score = in.real_or("score");
}

void read(const event_fields& in, affected_system& system) {
  system.address = in.text("address");
  system.asset.addresses = {system.address};
  system.asset.hostname = in.text_or("hostname");
  system.asset.role = in.text_or("role");
  system.asset.client = in.text_or("client");
  system.asset.location = in.text_or("location");
}

template <class T>
std::vector<T> read_list(const event_fields& in, std::string_view name) {
  std::vector<T> out;
  for (const auto& item : in.objects(name))
    read(item, out.emplace_back());
  return out;
}

source_report read_source(const event_fields& in, std::string_view name) {
  const auto source = in.object(name);
  return {static_cast<source_status>(source.name("status", statuses)), milliseconds{source.number<std::int64_t>("ms")}};
}

void read(const event_fields& in, gathered& e) {
  e.found.tickets = read_list<storage::ticket_hit>(in, "tickets");
  e.found.articles = read_list<storage::article_hit>(in, "articles");
  e.found.systems = read_list<affected_system>(in, "assets");
  e.found.unknown_addresses = in.texts("unknown_addresses");
  const auto sources = in.object("sources");
  e.found.tickets_source = read_source(sources, "tickets");
  e.found.articles_source = read_source(sources, "articles");
  e.found.assets_source = read_source(sources, "assets");
}

void read(const event_fields& in, synthesized& e) {
  e.note = in.text("note");
  e.provider = in.text("provider");
  e.model = in.text_or("model");
  e.input_tokens = in.number<std::uint64_t>("input_tokens");
  e.output_tokens = in.number<std::uint64_t>("output_tokens");
  e.cost = in.real_or("cost");
  e.took = milliseconds{in.number<std::int64_t>("ms")};
  e.fallback = in.text_or("fallback");
}

void read(const event_fields& in, write_started& e) {
  e.write = in.number<std::uint32_t>("write");
  e.deadline = in.time("deadline");
}

void read(const event_fields& in, write_unknown& e) {
  e.error = in.text("error");
}

void read(const event_fields& in, write_refused& e) {
  e.error = in.text("error");
  if (in.has("retry_after_ms"))
    e.retry_after = milliseconds{in.number<std::int64_t>("retry_after_ms")};
}

void read(const event_fields& in, note_written& e) {
  e.note_id = in.text("note_id");
  e.found = in.flag("found");
}

void read(const event_fields&, completed&) {}

void read(const event_fields& in, failed& e) {
  e.step = in.text("step");
  e.attempt = in.number<std::uint32_t>("attempt");
  e.error = in.text("error");
  e.retry_at = in.time("retry_at");
}

void read(const event_fields& in, postponed& e) {
  e.step = in.text("step");
  e.reason = in.text("reason");
  e.retry_at = in.time("retry_at");
  e.circuit = in.flag("circuit");
}

void read(const event_fields& in, dead_lettered& e) {
  e.step = in.text("step");
  e.error = in.text("error");
}

void read(const event_fields&, parked&) {}

void read(const event_fields& in, retried& e) {
  e.by = in.text("by");
}

void read(const event_fields& in, discarded& e) {
  e.by = in.text("by");
}

template <std::size_t I = 0>
job_event read_as(std::string_view type, const event_fields& in) {
  if constexpr (I == std::variant_size_v<job_event>) {
    in.refuse("type", "is not an event of a ticket job");
  } else {
    using event = std::variant_alternative_t<I, job_event>;
    if (type != type_name<event>)
      return read_as<I + 1>(type, in);
    event out;
    read(in, out);
    return out;
  }
}

} // namespace

storage::new_event job_core::encode(const job_event& what) {
  json_text out{expected_size(what)};
  return std::visit(
      [&]<class Event>(const Event& e) {
        out.begin_object();
        write(out, e);
        out.end_object();
        return storage::new_event{type_name<Event>, out.take()};
      },
      what);
}

job_event job_core::decode(std::string_view type, std::string_view payload) {
  const event_document document{type, payload};
  return read_as(type, document.fields());
}

} // namespace troupe::actors::ticket
