#include "actors/runtime/journal_writer.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

#include <caf/send.hpp>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include "config/log.hpp"

namespace troupe::actors {

namespace log = config::log;

namespace {

// Small tasks come through in numbers, and appends wait for no more than one large one.
constexpr int tasks_between_batches = 64;
constexpr std::chrono::milliseconds time_between_batches{2};

} // namespace

journal_writer_state::journal_writer_state(pointer self) : self_{self} {}

journal_writer_state::~journal_writer_state() {
  if (!queue_)
    return;
  // What the writer was at when it crashed: nothing else is lost, the queue waits for a successor.
  const storage::error why{storage::fault::unavailable, "the journal writer ended"};
  fail(batch_, why);
  if (task_)
    task_->failed(why);
  db_.reset();
  queue_->detach(self_->id());
}

void journal_writer_state::configure(std::shared_ptr<journal_queue> queue,
                                     std::function<std::unique_ptr<storage::writer>()> open,
                                     std::shared_ptr<const clock> time, std::shared_ptr<journal_probe> probe) {
  queue_ = std::move(queue);
  open_ = std::move(open);
  clock_ = std::move(time);
  probe_ = std::move(probe);
  this->open();
  if (!queue_->attach(caf::actor_cast<caf::actor>(self_)))
    log::error("journal_writer_waits", "Nothing is written before the last journal writer has ended.");
}

void journal_writer_state::work() {
  if (serve())
    self_->send(self_, work_ready{});
}

void journal_writer_state::drain() {
  queue_->close();
  while (serve()) {
    // one portion after the other
  }
}

bool journal_writer_state::serve() {
  if (!queue_->take(self_->id(), batch_))
    return false;
  probe_->queue_depth.Set(static_cast<double>(queue_->depth()));
  if (!open())
    return true;
  if (!batch_.empty())
    commit(batch_);
  run_tasks();
  return true;
}

bool journal_writer_state::open() {
  if (db_)
    return true;
  try {
    db_ = open_();
    return true;
  } catch (const storage::error& e) {
    if (e.kind() != storage::fault::unavailable && e.kind() != storage::fault::full)
      throw;
    fail(batch_, e);
    while (auto task = queue_->take_task())
      task->failed(e);
    return false;
  }
}

void journal_writer_state::run_tasks() {
  const auto begin = clock_->monotonic();
  for (int i = 0; i < tasks_between_batches && clock_->monotonic() - begin < time_between_batches; ++i) {
    task_ = queue_->take_task();
    if (!task_)
      return;
    try {
      task_->run(*db_);
    } catch (const storage::error& e) {
      task_->failed(e);
    }
    task_.reset();
  }
}

void journal_writer_state::commit(std::span<pending_append_ptr> batch) {
  requests_.clear();
  for (auto& waiting : batch)
    requests_.push_back(std::move(waiting->request));
  const auto give_back = [&] {
    for (std::size_t i = 0; i < batch.size(); ++i)
      batch[i]->request = std::move(requests_[i]);
  };
  std::vector<storage::append_result> results;
  try {
    const auto begin = clock_->monotonic();
    results = db_->append_batch(requests_);
    probe_->commit_seconds.Observe(std::chrono::duration<double>(clock_->monotonic() - begin).count());
  } catch (const storage::error& e) {
    give_back();
    probe_->faults.Increment();
    const bool somebodys = e.kind() == storage::fault::refused || e.kind() == storage::fault::corrupt;
    if (somebodys && batch.size() > 1)
      for (auto& waiting : batch)
        commit({&waiting, 1});
    else
      fail(batch, e);
    return;
  } catch (...) {
    give_back();
    throw;
  }
  give_back();
  if (results.size() != batch.size())
    throw std::logic_error{"storage didn't answer for each append"};
  if (std::exchange(warned_, std::nullopt))
    log::info("journal_commits_again", "Storage commits appends again.", {{"failed", std::exchange(failed_, 0)}});
  probe_->batch_size.Observe(static_cast<double>(batch.size()));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (results[i].outcome == storage::append_outcome::conflict)
      probe_->conflicts.Increment();
    std::exchange(batch[i], nullptr)->done({std::nullopt, {}, std::move(results[i])});
  }
}

void journal_writer_state::fail(std::span<pending_append_ptr> batch, const storage::error& why) {
  std::size_t count = 0;
  for (auto& waiting : batch)
    if (auto append = std::exchange(waiting, nullptr)) {
      append->done({why.kind(), why.what(), {}});
      ++count;
    }
  if (count > 0)
    warn(count, why);
}

/// Once a second at most: under load there are thousands of batches.
void journal_writer_state::warn(std::size_t appends, const storage::error& why) {
  failed_ += appends;
  const auto now = clock_->monotonic();
  if (warned_ && now - *warned_ < std::chrono::seconds{1})
    return;
  warned_ = now;
  log::warn("journal_commit_failed", "Storage could not commit appends.",
            {{"failed", failed_}, {"detail", why.what()}});
}

journal_writer_actor::behavior_type journal_writer(journal_writer_state::pointer self,
                                                   std::shared_ptr<journal_queue> queue,
                                                   std::function<std::unique_ptr<storage::writer>()> open,
                                                   std::shared_ptr<const clock> time,
                                                   std::shared_ptr<journal_probe> probe) {
  self->state.configure(std::move(queue), std::move(open), std::move(time), std::move(probe));
  self->set_exit_handler([self](caf::exit_msg& what) {
    self->state.drain();
    self->quit(std::move(what.reason));
  });
  return {
      [self](work_ready) { self->state.work(); },
  };
}

} // namespace troupe::actors
