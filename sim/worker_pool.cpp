#include "sim/worker_pool.hpp"

#include "actors/base/check.hpp"

namespace souk::sim {
namespace {

constexpr int spins = 4000;  // some ten microseconds; a window of a few hundred events takes about that long

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

/// Waits until `value` differs from `old`.
void wait_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int i = 0; i < spins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    relax();
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

WorkerPool::WorkerPool(std::uint32_t threads) {
  SOUK_CHECK(threads >= 1);
  others_.reserve(threads - 1);
  for (std::uint32_t worker = 1; worker < threads; ++worker) {
    others_.emplace_back([this, worker] { work(worker); });
  }
}

WorkerPool::~WorkerPool() {
  stopping_ = true;
  start_.fetch_add(1, std::memory_order_release);
  start_.notify_all();
  for (std::thread& thread : others_) thread.join();
}

void WorkerPool::run(const std::function<void(std::uint32_t)>& job) {
  job_ = &job;
  start_.fetch_add(1, std::memory_order_release);
  start_.notify_all();
  job(0);
  meet(0, [this] { job_ = nullptr; });
}

void WorkerPool::work(std::uint32_t worker) {
  for (std::uint32_t seen = 0;; ++seen) {
    wait_change(start_, seen);
    if (stopping_) return;
    (*job_)(worker);
    meet(worker, [] {});
  }
}

void WorkerPool::wait_for_others() {
  const auto others = static_cast<std::uint32_t>(others_.size());
  for (std::uint32_t here = arrived_.load(std::memory_order_acquire); here != others;
       here = arrived_.load(std::memory_order_acquire)) {
    wait_change(arrived_, here);
  }
}

void WorkerPool::release() {
  if (others_.empty()) return;
  arrived_.store(0, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
}

void WorkerPool::arrive_and_wait() {
  const std::uint32_t round = round_.load(std::memory_order_relaxed);
  arrived_.fetch_add(1, std::memory_order_acq_rel);
  arrived_.notify_one();
  wait_change(round_, round);
}

}  // namespace souk::sim
