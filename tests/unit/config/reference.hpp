#pragma once

#include <string>

namespace troupe::testing {

/// The tables of `docs/configuration.md` as the code declares them, in Markdown.
std::string settings_reference();
std::string provider_reference();

} // namespace troupe::testing
