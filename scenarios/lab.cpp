#include "scenarios/lab.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>
#include <utility>

#include "actors/provider.hpp"
#include "actors/tenant.hpp"

namespace souk::scenarios {
namespace {

constexpr Amount plenty{1'000'000'000'000'000};  // micro-coins of every denomination, per account

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (double v : values) sum += v;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double central_moment(const std::vector<double>& values, double mean, unsigned order) {
  double sum = 0;
  for (double v : values) {
    double power = 1;
    for (unsigned k = 0; k < order; ++k) power *= v - mean;
    sum += power;
  }
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
  const double n = static_cast<double>(values_.size());
  return n < 2 ? 0 : std::sqrt(central_moment(values_, mean(), 2) * n / (n - 1));
}

double Sample::se() const {
  return values_.empty() ? 0 : sd() / std::sqrt(static_cast<double>(values_.size()));
}

double Sample::se_of_sd() const {
  const double m = mean();
  const double variance = central_moment(values_, m, 2);
  if (variance <= 0) return 0;
  const double spread = central_moment(values_, m, 4) - variance * variance;
  return std::sqrt(spread / static_cast<double>(values_.size())) / (2 * std::sqrt(variance));
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
  sim::NetworkConfig network;
  // Random, so that bids on one order arrive in random order; short against a block.
  const double block = seconds(setup.block_time);
  network.delay = Distribution::make(Uniform{block / 1000, block / 10}).value();
  network.fifo = true;  // a connection keeps its order
  options.network = sim::Network::make(network, setup.seed).value();
  runtime::SimHost host(options);
  spawn_market(setup, host);
  host.attach(observer);
  if (auto ran = host.run_until(Time{} + end); !ran) return Unexpected{ran.error()};
  observer.on_end(host);
  const auto* validator = host.actor(lab_validator).as<Validator>();
  return validator->ledger().check_invariants();
}

void in_parallel(std::size_t n, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto drain = [&] {
    for (std::size_t i = next++; i < n; i = next++) work(i);
  };
  std::vector<std::jthread> threads;
  const std::size_t count = std::min<std::size_t>(n, std::max(1U, std::thread::hardware_concurrency()));
  for (std::size_t t = 1; t < count; ++t) threads.emplace_back(drain);
  drain();
}

}  // namespace souk::scenarios
