#pragma once

#include "actors/cli/command.hpp"

/// The commands of `troupe`, one function and one file per group. Each registers its commands, which set `call.run`.
namespace troupe::actors::cli {

void add_serve(CLI::App& app, invocation& call);
void add_demo(CLI::App& app, invocation& call);
void add_check(CLI::App& app, invocation& call);
void add_migrate(CLI::App& app, invocation& call);
void add_tenant(CLI::App& app, invocation& call);
void add_job(CLI::App& app, invocation& call);
void add_import(CLI::App& app, invocation& call);
void add_send_webhook(CLI::App& app, invocation& call);
void add_chat(CLI::App& app, invocation& call);
void add_token(CLI::App& app, invocation& call);
void add_version(CLI::App& app, invocation& call);

} // namespace troupe::actors::cli
