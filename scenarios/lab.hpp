#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "actors/provider_config.hpp"
#include "actors/tenant_config.hpp"
#include "actors/validator.hpp"
#include "actors/wash.hpp"
#include "runtime/sim_host.hpp"
#include "scenarios/validate.hpp"

/// A bare market for measurements: one validator, providers and tenants in the simulator, nothing else. What
/// `souk validate` measures, it measures here.
namespace souk::scenarios {

/// A series of real numbers, kept whole.
class Sample {
 public:
  void add(double value) { values_.push_back(value); }
  void append(const Sample& later) {
    values_.insert(values_.end(), later.values_.begin(), later.values_.end());
  }
  std::size_t size() const { return values_.size(); }
  double operator[](std::size_t i) const { return values_[i]; }
  double mean() const;
  double sd() const;
  /// Of the mean, for independent values.
  double se() const;
  /// Of the mean, for a stationary series: `batches` batch means.
  double se_batched(std::size_t batches) const;

 private:
  std::vector<double> values_;
};

/// Moments of independent real numbers, in one pass and by parts (Pebay 2008). To the bit they depend on what
/// is merged into what, so merge in a fixed order.
class Moments {
 public:
  void add(double value);
  void merge(const Moments& other);
  std::uint64_t size() const { return count_; }
  double mean() const { return mean_; }
  double sd() const;
  /// Of the mean.
  double se() const;
  /// Of the standard deviation (delta method, fourth moment).
  double se_of_sd() const;

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double m2_ = 0, m3_ = 0, m4_ = 0;  ///< sums of powers of deviations from the mean
};

struct LabSetup {
  std::uint64_t seed = 1;
  ChainParams params;
  Duration block_time = std::chrono::seconds(1);
  /// What several send at once arrives in random order; else in the order of their ids.
  bool random_order = false;
  std::vector<ProviderConfig> providers;  ///< `address` and `host_uri` are filled in
  std::vector<TenantConfig> tenants;      ///< `account` and `block_time` are filled in
  std::vector<WashConfig> washers;        ///< accounts and `block_time` are filled in
};

/// What happened, in the order of the chain.
class LabObserver : public runtime::Collector {
 public:
  void on_effect(Time at, ActorId actor, const Effect& effect) final;

  std::function<void(const ChainNotice&)> on_chain = [](const ChainNotice&) {};
  /// After the last event, before the market is gone.
  std::function<void(const runtime::SimHost&)> on_end = [](const runtime::SimHost&) {};
  std::function<void(ActorId, const Note&)> on_note = [](ActorId, const Note&) {};

 private:
  Topic chain_ = topic_chain();
};

/// Actor ids of a lab: the validator is 0, providers follow, then tenants, then washers.
inline constexpr ActorId lab_validator{0};
inline ActorId lab_provider(std::size_t i) { return {static_cast<std::uint32_t>(1 + i)}; }
inline ActorId lab_tenant(const LabSetup& setup, std::size_t i) {
  return {static_cast<std::uint32_t>(1 + setup.providers.size() + i)};
}

Address lab_provider_address(std::size_t i);
Address lab_tenant_address(std::size_t i);

/// Runs the market until nothing is left to do or `end` after genesis has passed, and checks the ledger's
/// invariants at the end. Errors: a configuration an actor refuses, a broken invariant.
Result<void> run_lab(const LabSetup& setup, LabObserver& observer, Duration end);

/// Seed of the `number`-th of independent repetitions of one experiment.
std::uint64_t replication_seed(std::uint64_t seed, std::uint64_t number);
/// In how many repetitions `n` observations are made, at most `each_max` in one.
std::uint64_t replication_count(std::uint64_t n, std::uint64_t each_max);
/// Observations of the `number`-th of `count`: as equal as can be.
std::uint64_t replication_size(std::uint64_t n, std::uint64_t count, std::uint64_t number);

/// Calls work(0) .. work(n - 1), `crew.threads` at once. Results go to slots of their own, so the order of
/// completion shows nowhere.
void in_parallel(const Crew& crew, std::size_t n, const std::function<void(std::size_t)>& work);

}  // namespace souk::scenarios
