#pragma once

#include <functional>
#include <memory>

#include "actors/runtime/reader_pool.hpp"
#include "actors/search/finder.hpp"
#include "actors/search/found.hpp"
#include "actors/search/knowledge_base.hpp"

namespace troupe::actors::search {

/// The searches as the ticket jobs use them: each call is one task for the readers (or the external knowledge base) and
/// calls `done` exactly once, from another thread as a rule, also when a source is down: then the result's status says
/// so. `done` must be cheap (it sends a message) and must not throw; the asker keeps the time and may have gone on
/// without the result. Any thread may call.
class service {
public:
  /// @param articles where articles come from instead of the local table; may be null
  service(std::shared_ptr<reader_pool> readers, std::unique_ptr<knowledge_base> articles,
          finder_settings settings = {});

  /// Solved tickets of the request's tenant that resemble it, best first.
  void find_tickets(request_ptr what, std::function<void(tickets_found)> done);

  /// Articles that may help, best first.
  void find_articles(request_ptr what, std::function<void(articles_found)> done);

  /// Inventory entries of the addresses in the text.
  void find_assets(request_ptr what, std::function<void(assets_found)> done);

private:
  std::shared_ptr<reader_pool> readers_;
  finder finder_;
  std::unique_ptr<knowledge_base> articles_;
};

} // namespace troupe::actors::search
