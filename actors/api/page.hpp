#pragma once

#include <string_view>

#include "net/http/router.hpp"

namespace troupe::actors::api {

/// Serves a page that is complete in itself. The policy that goes with it lets in its own script and style alone, and
/// lets its script talk to nobody but the server that it came from.
/// @param html holds one `<script>` and one `<style>`; must live on
net::http::handler serve_page(std::string_view html);

} // namespace troupe::actors::api
