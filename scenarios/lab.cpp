#include "scenarios/lab.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "actors/provider.hpp"
#include "actors/tenant.hpp"
#include "sim/worker_pool.hpp"

namespace souk::scenarios {
namespace {

constexpr Amount plenty{1'000'000'000'000'000};  // micro-coins of every denomination, per account

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (double v : values) sum += v;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

Address lab_washer_address(std::size_t i, const std::string& role) {
  return module_address("lab/washer/" + std::to_string(i) + "/" + role);
}

ValidatorConfig validator_config(const LabSetup& setup) {
  ValidatorConfig config;
  config.genesis.params = setup.params;
  config.block_time = setup.block_time;
  config.publish_transfers = !setup.washers.empty();  // a washer counts its coins
  config.invariants_every_blocks = 0;                 // at the end, by run_lab
  config.mempool = {.tx_count_max = 10'000'000,
                    .byte_count_max = std::size_t{8} << 30,
                    .tx_bytes_max = std::size_t{1} << 20,
                    .per_account_count_max = 10'000'000};
  config.block_tx_count_max = 10'000'000;
  config.block_byte_count_max = std::size_t{8} << 30;
  const auto fund = [&](const Address& address) {
    config.genesis.balances.push_back({address, {{Denom::uakt, plenty}, {Denom::uact, plenty}}});
  };
  for (std::size_t i = 0; i < setup.providers.size(); ++i) fund(lab_provider_address(i));
  for (std::size_t i = 0; i < setup.tenants.size(); ++i) fund(lab_tenant_address(i));
  for (std::size_t i = 0; i < setup.washers.size(); ++i) {
    fund(lab_washer_address(i, "tenant"));
    fund(lab_washer_address(i, "provider"));
  }
  return config;
}

void spawn_market(const LabSetup& setup, runtime::SimHost& host) {
  host.spawn("validator", Validator(validator_config(setup)));
  for (std::size_t i = 0; i < setup.providers.size(); ++i) {
    ProviderConfig config = setup.providers[i];
    config.address = lab_provider_address(i);
    config.exchange.block_time = setup.block_time;
    const ActorId id =
        host.spawn("provider-" + std::to_string(i), Provider(config), {config.address, lab_validator});
    host.subscribe(id, lab_validator, topic_orders());
    host.subscribe(id, lab_validator, config.address);
  }
  for (std::size_t i = 0; i < setup.tenants.size(); ++i) {
    TenantConfig config = setup.tenants[i];
    config.account = lab_tenant_address(i);
    config.block_time = setup.block_time;
    const ActorId id =
        host.spawn("tenant-" + std::to_string(i), Tenant(config), {config.account, lab_validator});
    host.subscribe(id, lab_validator, config.account);
  }
  for (std::size_t i = 0; i < setup.washers.size(); ++i) {
    WashConfig config = setup.washers[i];
    config.tenant = lab_washer_address(i, "tenant");
    config.provider = lab_washer_address(i, "provider");
    config.block_time = setup.block_time;
    const ActorId id =
        host.spawn("washer-" + std::to_string(i), WashTenant(config), {config.tenant, lab_validator});
    host.subscribe(id, lab_validator, topic_chain());
  }
}

}  // namespace

double Sample::mean() const { return mean_of(values_); }

double Sample::sd() const {
  const double m = mean();
  double sum = 0;
  for (double v : values_) sum += (v - m) * (v - m);
  return values_.size() < 2 ? 0 : std::sqrt(sum / static_cast<double>(values_.size() - 1));
}

double Sample::se() const {
  return values_.empty() ? 0 : sd() / std::sqrt(static_cast<double>(values_.size()));
}

double Sample::se_batched(std::size_t batches) const {
  const std::size_t length = values_.size() / batches;
  if (length == 0) return se();
  Sample means;
  for (std::size_t b = 0; b < batches; ++b) {
    double sum = 0;
    for (std::size_t i = b * length; i < (b + 1) * length; ++i) sum += values_[i];
    means.add(sum / static_cast<double>(length));
  }
  return means.se();
}

void Moments::add(double value) {
  Moments one;
  one.count_ = 1;
  one.mean_ = value;
  merge(one);
}

void Moments::merge(const Moments& other) {
  if (other.count_ == 0) return;
  const double a = static_cast<double>(count_);
  const double b = static_cast<double>(other.count_);
  const double n = a + b;
  const double d = other.mean_ - mean_;
  const double da = d * a / n;
  const double db = d * b / n;
  m4_ += other.m4_ + d * d * da * db * (a * a - a * b + b * b) / n +
         6 * (a * a * other.m2_ + b * b * m2_) * (d / n) * (d / n) + 4 * (a * other.m3_ - b * m3_) * d / n;
  m3_ += other.m3_ + d * da * db * (a - b) + 3 * (a * other.m2_ - b * m2_) * d / n;
  m2_ += other.m2_ + da * d * b;
  mean_ += db;
  count_ += other.count_;
}

double Moments::sd() const { return count_ < 2 ? 0 : std::sqrt(m2_ / static_cast<double>(count_ - 1)); }

double Moments::se() const { return count_ == 0 ? 0 : sd() / std::sqrt(static_cast<double>(count_)); }

double Moments::se_of_sd() const {
  const double n = static_cast<double>(count_);
  const double variance = count_ == 0 ? 0 : m2_ / n;
  if (variance <= 0) return 0;
  const double spread = m4_ / n - variance * variance;
  return std::sqrt(spread / n) / (2 * std::sqrt(variance));
}

void LabObserver::on_effect(Time, ActorId actor, const Effect& effect) {
  if (const auto* note = std::get_if<Note>(&effect)) return on_note(actor, *note);
  const auto* publish = std::get_if<Publish>(&effect);
  if (publish == nullptr || publish->topic != chain_) return;
  if (const auto* notice = std::get_if<ChainNotice>(publish->event.get())) on_chain(*notice);
}

Address lab_provider_address(std::size_t i) { return module_address("lab/provider/" + std::to_string(i)); }
Address lab_tenant_address(std::size_t i) { return module_address("lab/tenant/" + std::to_string(i)); }

Result<void> run_lab(const LabSetup& setup, LabObserver& observer, Duration end) {
  runtime::SimOptions options;
  options.seed = setup.seed;
  options.keep_hash = false;  // what is measured is said by numbers
  sim::NetworkConfig network;
  // Short against a block.
  const double block = seconds(setup.block_time);
  if (setup.random_order) {
    network.delay = Distribution::make(Uniform{block / 1000, block / 10}).value();
    network.fifo = true;  // a connection keeps its order
  } else {
    network.delay = setup.block_time / 20;
  }
  options.network = sim::Network::make(network, setup.seed).value();
  runtime::SimHost host(options);
  spawn_market(setup, host);
  host.attach(observer);
  if (auto ran = host.run_until(Time{} + end); !ran) return Unexpected{ran.error()};
  observer.on_end(host);
  const auto* validator = host.actor(lab_validator).as<Validator>();
  return validator->ledger().check_invariants();
}

std::uint64_t replication_seed(std::uint64_t seed, std::uint64_t number) {
  return Rng(seed, no_actor, Purpose::setup, number).next();
}

std::uint64_t replication_count(std::uint64_t n, std::uint64_t each_max) {
  return std::max<std::uint64_t>(1, (n + each_max - 1) / each_max);
}

std::uint64_t replication_size(std::uint64_t n, std::uint64_t count, std::uint64_t number) {
  return n / count + (number < n % count ? 1 : 0);
}

void in_parallel(const Crew& crew, std::size_t n, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  const auto drain = [&](std::uint32_t) {
    for (std::size_t i = next++; i < n; i = next++) {
      work(i);
      crew.progress(static_cast<double>(++done) / static_cast<double>(n));
    }
  };
  sim::WorkerPool(static_cast<std::uint32_t>(std::clamp<std::size_t>(n, 1, crew.threads))).run(drain);
}

}  // namespace souk::scenarios
