#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "actors/base/ids.hpp"
#include "actors/base/time.hpp"

/// PHOLD (Fujimoto 1990): every event makes one event, exponentially later, at its own process or, with the
/// remote share, at a random one. Shared by the engine and the plain loop it is compared with, so that both
/// do the same work.
namespace souk::bench {

struct PholdPayload {
  std::uint64_t token = 0;
};

inline std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

struct PholdConfig {
  std::uint32_t processes = 1024;
  std::uint32_t events_per_process = 1;
  std::uint32_t remote_percent = 10;
  Duration lookahead = std::chrono::milliseconds(100);
};

/// A logical process: its random stream, and a hash of all it has seen, in the order it has seen it.
struct PholdState {
  std::uint64_t stream = 0;
  std::uint64_t hash = 0;
};

/// What an event does, given a way to send.
class Phold {
 public:
  explicit Phold(const PholdConfig& config) : config_(config), states_(config.processes) {
    for (std::uint32_t i = 0; i < config.processes; ++i) states_[i].stream = mix(i + 1);
    for (std::size_t i = 0; i < quantiles_.size(); ++i) {
      const double u = (static_cast<double>(i) + 0.5) / static_cast<double>(quantiles_.size());
      quantiles_[i] = static_cast<std::int64_t>(-std::log1p(-u) * 1e9);
    }
  }

  /// Calls schedule(time, sender, target, payload) for every first event.
  template <class Schedule>
  void start(Schedule&& schedule) {
    for (std::uint32_t i = 0; i < config_.processes; ++i) {
      for (std::uint32_t n = 0; n < config_.events_per_process; ++n) {
        schedule(Time{} + delay(draw(states_[i])), i, i, PholdPayload{n});
      }
    }
  }

  /// Handles one event; calls send(time, target, payload) once.
  template <class Send>
  void handle(Time now, std::uint64_t order, std::uint32_t target, const PholdPayload& payload, Send&& send) {
    PholdState& state = states_[target];
    state.hash = mix(state.hash ^ static_cast<std::uint64_t>(now.time_since_epoch().count()) ^ (order << 20) ^
                     payload.token);
    const std::uint64_t word = draw(state);
    // 2^16 * percent / 100 of the low bits; the upper bits choose the process.
    const bool remote = (word & 0xffff) * 100 < std::uint64_t{config_.remote_percent} << 16;
    const std::uint32_t to =
        remote ? static_cast<std::uint32_t>(((word >> 32) * config_.processes) >> 32) : target;
    send(now + delay(draw(state)), to, PholdPayload{payload.token + 1});
  }

  void prefetch(std::uint32_t process) const { __builtin_prefetch(&states_[process], 1); }

  /// Depends on what every process saw and in which order it saw it.
  std::uint64_t checksum() const {
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < config_.processes; ++i) sum += mix(states_[i].hash + i);
    return sum;
  }
  const PholdConfig& config() const { return config_; }

 private:
  static std::uint64_t draw(PholdState& state) { return mix(state.stream += 0x9e3779b97f4a7c15u); }
  /// Lookahead plus an exponential time of mean 1 s: a quantile table, filled in with the low bits (below
  /// 0.1 ms, so that equal times are rare).
  Duration delay(std::uint64_t word) const {
    const std::int64_t fine = static_cast<std::int64_t>(word & 0xffff);
    return config_.lookahead + Duration{quantiles_[word >> 52] + fine};
  }

  PholdConfig config_;
  std::array<std::int64_t, 4096> quantiles_;
  std::vector<PholdState> states_;
};

}  // namespace souk::bench
