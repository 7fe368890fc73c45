#include "sim/worker_pool.hpp"

#include "actors/base/check.hpp"

namespace souk::sim {
namespace {

/// Some 100 microseconds: longer than the parts of a window of a few thousand events differ, since a thread
/// that fell asleep costs the next round tens of microseconds.
constexpr int spins = 8000;

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

/// Waits until `value` differs from `old`; returns what it is then.
std::uint32_t wait_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int i = 0; i < spins; ++i) {
    if (const std::uint32_t seen = value.load(std::memory_order_acquire); seen != old) return seen;
    relax();
  }
  value.wait(old, std::memory_order_acquire);
  return value.load(std::memory_order_acquire);
}

}  // namespace

WorkerPool::WorkerPool(std::uint32_t threads) {
  SOUK_CHECK(threads >= 1);
  claims_ = std::make_unique<Claim[]>(threads);
  others_.reserve(threads - 1);
  for (std::uint32_t worker = 1; worker < threads; ++worker) {
    others_.emplace_back([this, worker] { work(worker); });
  }
}

WorkerPool::~WorkerPool() {
  stopping_.store(true, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& thread : others_) thread.join();
}

void WorkerPool::run(const std::function<void(std::uint32_t)>& part) {
  if (others_.empty()) {
    part(0);
    return;
  }
  part_ = &part;
  done_.store(0, std::memory_order_relaxed);
  const std::uint32_t round = round_.load(std::memory_order_relaxed) + 1;
  round_.store(round, std::memory_order_release);
  round_.notify_all();
  take_parts(0, round);
  std::uint32_t done = done_.load(std::memory_order_acquire);
  while (done != threads()) done = wait_change(done_, done);
}

void WorkerPool::work(std::uint32_t worker) {
  for (std::uint32_t round = 0;;) {
    round = wait_change(round_, round);
    if (stopping_.load(std::memory_order_relaxed)) return;
    take_parts(worker, round);
  }
}

void WorkerPool::take_parts(std::uint32_t worker, std::uint32_t round) {
  const std::uint32_t parts = threads();
  for (std::uint32_t i = 0; i < parts; ++i) {
    const std::uint32_t index = (worker + i) % parts;
    // A thread that is late finds every part of its round taken. A claim that succeeds keeps the round open,
    // so part_ is this round's.
    std::uint32_t before = round - 1;
    if (!claims_[index].round.compare_exchange_strong(before, round, std::memory_order_acq_rel)) continue;
    (*part_)(index);
    done_.fetch_add(1, std::memory_order_acq_rel);
    done_.notify_one();
  }
}

}  // namespace souk::sim
