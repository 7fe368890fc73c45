#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace souk::sim {

/// A few threads that share rounds of work: the caller's own and `threads - 1` others. A round has one part
/// per thread; each thread takes its own part first (its data are in that core's cache), then any that nobody
/// has taken, so that a thread the machine does not let run holds up nobody. Waiting spins for some
/// microseconds, then sleeps.
class WorkerPool {
 public:
  /// REQUIRES: threads >= 1.
  explicit WorkerPool(std::uint32_t threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  std::uint32_t threads() const { return static_cast<std::uint32_t>(others_.size()) + 1; }

  /// One round: calls part(0) .. part(threads() - 1), each once, on any of the threads; returns when all have
  /// returned. What one round wrote, the next round and the caller see. `part` must not throw. Not reentrant,
  /// and for one caller at a time.
  void run(const std::function<void(std::uint32_t)>& part);

 private:
  struct alignas(64) Claim {
    std::atomic<std::uint32_t> round{0};  ///< last round in which the part was taken
  };

  void work(std::uint32_t worker);
  /// Takes and does parts of `round`, own one first, until none is left.
  void take_parts(std::uint32_t worker, std::uint32_t round);

  std::unique_ptr<Claim[]> claims_;
  alignas(64) std::atomic<std::uint32_t> round_{0};
  alignas(64) std::atomic<std::uint32_t> done_{0};
  /// Written between rounds; read only by who holds a claim of the round, or (stopping_) after round_
  /// changed.
  const std::function<void(std::uint32_t)>* part_ = nullptr;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> others_;
};

}  // namespace souk::sim
