#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "actors/base/result.hpp"
#include "scenarios/market_collector.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/population.hpp"
#include "scenarios/scenario.hpp"

/// Scenario + seed -> a run in one of the hosts -> what was measured.
namespace souk::scenarios {

enum class HostKind : std::uint8_t {
  sim,  ///< the deterministic simulator
  caf,  ///< real threads against a scaled clock; messages take as long as they take
};

struct RunOptions {
  HostKind host = HostKind::sim;
  unsigned threads = 1;
  double speedup = 1;                       ///< caf: simulated seconds per real second
  bool collect = true;                      ///< false: measures nothing; the run is the same
  std::string journal;                      ///< file to record every event in; empty: none
  std::string revision;                     ///< of the source, for the journal
  const std::atomic<bool>* stop = nullptr;  ///< set: the run ends early, marked incomplete
  std::function<void(double share)> progress = [](double) {};  ///< of the simulated time, in [0, 1]
};

/// What one run came to.
struct RunResult {
  std::uint64_t seed = 0;
  std::string run_hash;    ///< 32 hexadecimal digits
  std::string state_hash;  ///< of the ledger at the end, 64 hexadecimal digits
  bool complete = true;
  Time ended{};
  std::uint64_t events = 0;
  std::uint64_t blocks = 0;  ///< that held transactions
  std::uint64_t txs = 0;
  std::string broken_invariant;  ///< empty if the ledger is sound

  // Measured; empty without collecting.
  std::vector<ProviderSeat> providers;
  std::vector<TenantSeat> tenants;
  std::vector<std::string> gpu_models;
  Entities entities;
  std::vector<Measurement> series;   ///< by time
  std::vector<Measurement> summary;  ///< over the run without its warm-up
  std::vector<LeaseRecord> leases;
  std::vector<Coin> paid;  ///< withdrawn by the provider of leases[i], from the ledger
};

/// Runs `scenario` with `seed`. Errors: links that lose, double or cut in the live host; an actor that failed
/// (name and time), a journal that can not be written. A broken invariant is no error here: the result says
/// so.
Result<RunResult> run_scenario(const Scenario& scenario, std::uint64_t seed, const RunOptions& options);

}  // namespace souk::scenarios
