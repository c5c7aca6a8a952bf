#include "actors/runtime/spawn.hpp"

#include <exception>
#include <memory>
#include <typeinfo>

#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message_view.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>
#include <caf/type_erased_tuple.hpp>

#include "actors/runtime/messages.hpp"
#include "config/log.hpp"

namespace troupe::actors {
namespace {

namespace log = config::log;

using options_ptr = std::shared_ptr<const actor_options>;

void report(config::log_level level, const actor_options& who, const caf::scheduled_actor* self, std::string_view event,
            std::string_view message, const std::string& detail) {
  if (!log::enabled(level))
    return;
  if (who.correlation_id.empty())
    log::write(level, event, message, {{"actor", who.name}, {"actor_id", self->id()}, {"detail", detail}});
  else
    log::write(
        level, event, message,
        {{"actor", who.name}, {"actor_id", self->id()}, {"correlation_id", who.correlation_id}, {"detail", detail}});
}

/// Types only: what a message holds may be a ticket's text.
std::string types_of(caf::type_erased_tuple& content) {
  std::string result;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const auto type = content.type(i);
    if (i > 0)
      result += ", ";
    result += type.second != nullptr ? type.second->name() : '#' + std::to_string(type.first);
  }
  return result;
}

std::string text_of(const caf::error& reason) {
  const auto& context = reason.context();
  return context.match_elements<std::string>() ? context.get_as<std::string>(0) : std::string{};
}

caf::error to_error(const actor_options& who, const caf::scheduled_actor* self, const std::exception_ptr& thrown) {
  std::string what;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    what = e.what();
  } catch (...) {
    what = "an exception that is none of the standard's";
  }
  report(config::log_level::error, who, self, "actor_crashed", "An actor ended by an exception.", what);
  return caf::make_error(caf::sec::runtime_error, what);
}

} // namespace

void equip(caf::scheduled_actor& self, actor_options options) {
  auto who = std::make_shared<const actor_options>(std::move(options));
  self.set_exception_handler(
      [who](caf::scheduled_actor* actor, std::exception_ptr& thrown) { return to_error(*who, actor, thrown); });
  self.set_error_handler([who](caf::scheduled_actor* actor, caf::error& what) {
    report(config::log_level::error, *who, actor, "actor_failed", "An actor ended by an error that it can't handle.",
           describe(what));
    actor->quit(std::move(what));
  });
  self.set_default_handler([who](caf::scheduled_actor* actor, caf::message_view& message) {
    report(config::log_level::error, *who, actor, "message_unexpected", "An actor got a message that it doesn't know.",
           types_of(message.content()));
    return caf::result<caf::message>{caf::make_error(caf::sec::unexpected_message)};
  });
  self.set_down_handler([who](caf::scheduled_actor* actor, caf::down_msg& what) {
    report(config::log_level::debug, *who, actor, "down_unexpected", "An actor that nobody handles the end of ended.",
           describe(what.reason));
  });
  self.set_exit_handler([](caf::scheduled_actor* actor, caf::exit_msg& what) {
    if (what.reason)
      actor->quit(std::move(what.reason));
  });
}

std::string describe(const caf::error& reason) {
  if (!reason)
    return "normal";
  const auto text = text_of(reason);
  const auto suffix = text.empty() ? std::string{} : ": " + text;
  if (reason.category() == caf::atom("runtime"))
    return to_string(static_cast<runtime_ec>(reason.code())) + suffix;
  if (reason.category() == caf::atom("exit"))
    return caf::to_string(static_cast<caf::exit_reason>(reason.code())) + suffix;
  if (reason == caf::sec::runtime_error)
    return "crashed" + suffix;
  if (reason.category() == caf::atom("system"))
    return caf::to_string(static_cast<caf::sec>(reason.code())) + suffix;
  return caf::to_string(reason.category()) + ' ' + std::to_string(reason.code()) + suffix;
}

std::string_view reason_label(const caf::error& reason) noexcept {
  if (!reason)
    return "normal";
  if (reason == caf::sec::runtime_error)
    return "exception";
  if (reason == caf::exit_reason::kill)
    return "killed";
  if (reason.category() == caf::atom("exit"))
    return "stopped";
  if (reason.category() != caf::atom("runtime"))
    return "error";
  switch (static_cast<runtime_ec>(reason.code())) {
  case runtime_ec::superseded:
    return "superseded";
  case runtime_ec::unavailable:
    return "unavailable";
  case runtime_ec::corrupt:
    return "corrupt";
  case runtime_ec::overloaded:
    return "overloaded";
  case runtime_ec::restart_intensity:
    return "restart_intensity";
  case runtime_ec::stopped:
    return "stopped";
  default:
    return "error";
  }
}

bool ended_well(const caf::error& reason) noexcept {
  return !reason || reason == caf::exit_reason::normal || reason == runtime_ec::stopped
         || reason == caf::exit_reason::user_shutdown;
}

} // namespace troupe::actors
