#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace souk::sim {

/// A few threads that wait for work: the caller's own and `threads - 1` others. Waiting spins for some
/// microseconds, then sleeps, so that a busy machine loses little.
class WorkerPool {
 public:
  /// REQUIRES: threads >= 1.
  explicit WorkerPool(std::uint32_t threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  std::uint32_t threads() const { return static_cast<std::uint32_t>(others_.size()) + 1; }

  /// Calls job(0) on the calling thread and job(1) .. job(threads() - 1) on the others; returns when all have
  /// returned. `job` must not throw. Not reentrant.
  void run(const std::function<void(std::uint32_t worker)>& job);

  /// Inside run(): waits until every worker is here; worker 0 then calls `serial` alone, and all go on.
  template <class Serial>
  void meet(std::uint32_t worker, Serial&& serial) {
    if (worker == 0) {
      wait_for_others();
      serial();
      release();
    } else {
      arrive_and_wait();
    }
  }

 private:
  void wait_for_others();
  void release();
  void arrive_and_wait();
  void work(std::uint32_t worker);

  alignas(64) std::atomic<std::uint32_t> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> round_{0};
  alignas(64) std::atomic<std::uint32_t> start_{0};
  bool stopping_ = false;
  const std::function<void(std::uint32_t)>* job_ = nullptr;
  std::vector<std::thread> others_;
};

}  // namespace souk::sim
