#include "scenarios/world.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include "actors/base/hash.hpp"
#include "actors/provider.hpp"
#include "actors/validator.hpp"
#include "runtime/journal.hpp"
#include "runtime/sim_host.hpp"
#include "scenarios/market_measures.hpp"
#include "scenarios/population_nodes.hpp"
#include "scenarios/stake_collector.hpp"

#ifdef SOUK_WITH_CAF
#include "runtime/caf_host.hpp"
#endif

namespace souk::scenarios {
namespace {

/// The block of GPUs that fragmentation is measured against: a full 8-GPU machine.
constexpr std::uint32_t whole_order_gpus = 8;

template <class Host>
void take_seats(Host& host, Population& population) {
  std::vector<ActorId> actors;
  for (Seat& seat : population.seats)
    actors.push_back(host.spawn(seat.name, std::move(seat.actor), seat.options));
  for (std::size_t i = 0; i < actors.size(); ++i) {
    const Seat& seat = population.seats[i];
    for (const Topic& topic : seat.topics) host.subscribe(actors[i], seat.options.validator, topic);
  }
}

double usd_per_coin(const Scenario& scenario, Denom denom) {
  return denom == Denom::uakt ? scenario.chain.akt_usd : 1.0;  // ACT is fixed at 1 USD, USDC taken at par
}

MarketCollectorConfig collector_config(const Scenario& scenario) {
  MarketCollectorConfig config;
  config.genesis = scenario.genesis;
  config.sample_every = scenario.sample_every;
  config.warm_up_end = scenario.genesis + scenario.warm_up;
  config.block_time = scenario.chain.block_time;
  for (const Denom denom : all_denoms) {
    config.usd_per_coin[static_cast<std::size_t>(denom)] = usd_per_coin(scenario, denom);
  }
  return config;
}

/// Share of idle GPUs that no whole order fits on, by provider group: looked up in the providers' own
/// inventories between two steps of the simulator, which reading can not change.
class FragmentationProbe {
 public:
  FragmentationProbe(const Population& population, Time warm_up_end)
      : providers_(population.providers), warm_up_end_(warm_up_end) {}

  void look(const runtime::SimHost& host, Entities& entities, std::vector<Measurement>& series) {
    std::map<std::string, Idle> idle;
    for (const ProviderSeat& seat : providers_) {
      const auto* provider = host.actor(seat.actor).as<Provider>();
      if (provider == nullptr || seat.gpu_model.empty()) continue;
      const Inventory& inventory = provider->inventory();
      for (const std::string& entity : {std::string("market"), "gpu:" + seat.gpu_model}) {
        idle[entity].all += static_cast<double>(inventory.free().gpus);
        idle[entity].stranded += static_cast<double>(inventory.stranded_gpus(whole_order_gpus));
      }
    }
    for (const auto& [entity, gpus] : idle) {
      const double share = gpus.all > 0 ? gpus.stranded / gpus.all : 0;
      series.push_back({host.now(), entities.id(entity), Metric::gpu_fragmentation, share});
      if (host.now() <= warm_up_end_) continue;
      Mean& mean = means_[entity];
      mean.sum += share;
      ++mean.looks;
    }
  }

  void summarise(const AddMeasure& add) const {
    for (const auto& [entity, mean] : means_) add(Metric::gpu_fragmentation, entity, mean.sum / mean.looks);
  }

 private:
  struct Idle {
    double all = 0;
    double stranded = 0;
  };
  struct Mean {
    double sum = 0;
    double looks = 0;
  };
  const std::vector<ProviderSeat>& providers_;
  Time warm_up_end_;
  std::map<std::string, Mean> means_;
};

StakeCollectorConfig stake_config(const Scenario& scenario) {
  return {scenario.genesis, scenario.genesis + scenario.warm_up, scenario.chain.block_time,
          scenario.chain.akt_usd, scenario.validators > 1};
}

class World {
 public:
  World(const Scenario& scenario, std::uint64_t seed, const RunOptions& options)
      : scenario_(scenario), seed_(seed), options_(options), population_(populate(scenario, seed)) {
    if (options.collect) collector_.emplace(population_, collector_config(scenario));
    probe_.emplace(population_, scenario.genesis + scenario.warm_up);
    if (options.collect && (population_.validators || scenario.validators > 1))
      stake_.emplace(population_, stake_config(scenario));
  }

  Result<RunResult> run();

 private:
  bool has_market() const { return !population_.providers.empty() || !population_.tenants.empty(); }
  Time end() const { return scenario_.genesis + scenario_.duration; }
  Result<void> check_links() const;
  Result<void> open_journal();
  Result<void> close_journal();
  Result<runtime::RunEnd> run_sim();
  Result<runtime::RunEnd> run_caf();
  Result<runtime::RunEnd> step_through(runtime::SimHost& host);
  template <class Host>
  const Ledger& ledger_of(const Host& host) const {
    return validator_in(host.actor(population_.validator)).ledger();
  }
  template <class Host>
  void check_agreement(const Host& host);
  template <class Host>
  void look_back(const Host& host, runtime::RunEnd how);
  void look_at(const Ledger& ledger);
  void summarise();

  const Scenario& scenario_;
  std::uint64_t seed_;
  const RunOptions& options_;
  Population population_;
  std::optional<MarketCollector> collector_;
  std::optional<FragmentationProbe> probe_;
  std::optional<StakeCollector> stake_;  ///< where there is stake
  std::vector<Measurement> probed_;
  std::optional<runtime::JournalWriter> journal_;
  runtime::Fingerprint fingerprint_;
  RunResult result_;
};

/// What a scenario wants links to do must not be left out silently.
Result<void> World::check_links() const {
  if (options_.host == HostKind::sim) return {};
  const char* asked = !scenario_.consensus.partitions.empty() ? "consensus.partitions"
                      : scenario_.loss > 0                    ? "network.loss"
                      : scenario_.duplication > 0             ? "network.duplication"
                                                              : nullptr;
  if (asked == nullptr) return {};
  return fail(
      fmt::format("{}: `{}` is for simulated links, which the live host does not have; run it in the "
                  "simulator (--host sim)",
                  scenario_.file, asked));
}

Result<void> World::open_journal() {
  if (options_.journal.empty()) return {};
  runtime::JournalHeader header;
  header.host = options_.host == HostKind::sim ? "sim" : "caf";
  header.seed = seed_;
  for (std::size_t i = 0; i < header.scenario_hash.size(); ++i) {
    header.scenario_hash[i] =
        static_cast<std::uint8_t>(std::stoul(scenario_.hash.substr(2 * i, 2), nullptr, 16));
  }
  header.scenario = scenario_.file;
  header.revision = options_.revision;
  header.genesis = scenario_.genesis;
  for (const Seat& seat : population_.seats) header.actors.push_back(seat.name);
  auto writer = runtime::JournalWriter::create(options_.journal, header);
  if (!writer) return Unexpected{writer.error()};
  journal_.emplace(std::move(*writer));
  return {};
}

Result<void> World::close_journal() {
  return journal_ ? journal_->finish(fingerprint_, result_.complete) : Result<void>{};
}

Result<runtime::RunEnd> World::step_through(runtime::SimHost& host) {
  if (stake_) stake_->look(ledger_of(host), host.now(), result_.entities, probed_);
  for (Time at = scenario_.genesis; at < end();) {
    at = std::min(at + scenario_.sample_every, end());
    auto reached = host.run_until(at);
    if (!reached || *reached == runtime::RunEnd::interrupted) return reached;
    if (collector_) probe_->look(host, result_.entities, probed_);
    if (stake_) stake_->look(ledger_of(host), host.now(), result_.entities, probed_);
    options_.progress(seconds(at - scenario_.genesis) / seconds(scenario_.duration));
  }
  return runtime::RunEnd::reached;
}

Result<runtime::RunEnd> World::run_sim() {
  auto links = links_of(scenario_, population_);
  if (!links) return Unexpected{links.error()};
  auto network = sim::Network::make(std::move(*links), seed_);
  if (!network) return Unexpected{network.error()};
  runtime::SimOptions sim;
  sim.seed = seed_;
  sim.genesis = scenario_.genesis;
  sim.threads = options_.threads;
  sim.keep_persisted = false;  // nobody restarts here
  sim.signatures = &signatures_of(scenario_);
  sim.network = std::move(*network);
  runtime::SimHost host(std::move(sim));
  take_seats(host, population_);
  if (collector_) host.attach(*collector_);
  if (stake_) host.attach(*stake_);
  if (journal_) host.record(*journal_);
  if (options_.stop != nullptr) host.stop_on(options_.stop);
  auto how = step_through(host);
  if (!how) return how;
  result_.ended = host.now();
  look_back(host, *how);
  return how;
}

#ifdef SOUK_WITH_CAF
Result<runtime::RunEnd> World::run_caf() {
  runtime::CafOptions caf;
  caf.seed = seed_;
  caf.genesis = scenario_.genesis;
  caf.speedup = options_.speedup;
  caf.signatures = &signatures_of(scenario_);
  caf.threads = std::max(1u, options_.threads);
  runtime::CafHost host(std::move(caf));
  if (stake_) {
    const Seat& seat = population_.seats[population_.validator.value];
    stake_->look(validator_in(seat.actor).ledger(), scenario_.genesis, result_.entities, probed_);
  }
  take_seats(host, population_);
  if (collector_) host.attach(*collector_);
  if (stake_) host.attach(*stake_);
  if (journal_) host.record(*journal_);
  if (options_.stop != nullptr) host.stop_on(options_.stop);
  auto how = host.run_until(end());
  if (!how) return how;
  const bool reached = *how == runtime::RunEnd::reached;
  result_.ended = reached || !collector_ ? end() : std::max(scenario_.genesis, collector_->last_seen());
  if (stake_) stake_->look(ledger_of(host), result_.ended, result_.entities, probed_);
  look_back(host, *how);
  return how;
}
#else
Result<runtime::RunEnd> World::run_caf() {
  return fail("this souk was built without the live host (SOUK_CAF)");
}
#endif

/// Nodes at the same height hold the same application state. Those that lie are not asked.
template <class Host>
void World::check_agreement(const Host& host) {
  std::map<Height, std::pair<std::string_view, Hash>> first;
  for (const ActorId node : population_.nodes) {
    const auto* validator = host.actor(node).template as<Validator>();
    if (validator == nullptr || validator->core() == nullptr || !validator->core()->decided()) continue;
    const Height height = *validator->core()->decided();
    const auto [at, is_first] = first.try_emplace(height, host.name(node), validator->app_hash());
    if (is_first || at->second.second == validator->app_hash()) continue;
    result_.broken_invariant = fmt::format("{} and {} hold different states after height {}",
                                           at->second.first, host.name(node), height.value);
  }
}

template <class Host>
void World::look_back(const Host& host, runtime::RunEnd how) {
  result_.complete = how == runtime::RunEnd::reached;
  fingerprint_ = host.run_hash();
  result_.run_hash = runtime::hex(fingerprint_);
  result_.events = host.event_count();
  const Validator& validator = validator_in(host.actor(population_.validator));
  result_.blocks = static_cast<std::uint64_t>(validator.blocks_made());
  result_.txs = static_cast<std::uint64_t>(validator.txs_applied());
  look_at(validator.ledger());
  if (result_.broken_invariant.empty()) check_agreement(host);
}

void World::look_at(const Ledger& ledger) {
  result_.state_hash = to_hex(ledger.state_hash());
  if (const auto sound = ledger.check_invariants(); !sound) result_.broken_invariant = sound.error().message;
  if (!collector_) return;
  collector_->finish(result_.ended);
  for (const LeaseRecord& lease : collector_->leases()) {
    const EscrowPayment* payment = ledger.escrow_payment(lease.id);
    result_.paid.push_back({lease.price.denom, payment == nullptr ? Amount{} : payment->withdrawn});
  }
  summarise();
}

void World::summarise() {
  const MarketCollector& seen = *collector_;
  result_.providers = population_.providers;
  result_.tenants = population_.tenants;
  result_.gpu_models = seen.gpu_models();
  result_.leases = seen.leases();
  // One numbering of entities: the collector's names join those of the probe.
  std::vector<Measurement> seen_series;
  for (const Measurement& m : seen.series()) {
    if (!has_market()) break;  // a study of stake or consensus alone: nothing but zeros
    seen_series.push_back({m.time, result_.entities.id(seen.entities().name(m.entity)), m.metric, m.value});
  }
  std::merge(seen_series.begin(), seen_series.end(), probed_.begin(), probed_.end(),
             std::back_inserter(result_.series),
             [](const Measurement& a, const Measurement& b) { return a.time < b.time; });
  const AddMeasure add = [&](Metric metric, const std::string& entity, double value) {
    result_.summary.push_back({result_.ended, result_.entities.id(entity), metric, value});
  };
  std::vector<double> paid_usd;
  for (const Coin& coin : result_.paid) {
    paid_usd.push_back(static_cast<double>(coin.amount.micro) * 1e-6 * usd_per_coin(scenario_, coin.denom));
  }
  if (has_market()) measure_summary(seen, result_.ended, paid_usd, add);
  probe_->summarise(add);
  if (stake_) stake_->summarise(add);
}

Result<RunResult> World::run() {
  result_.seed = seed_;
  if (auto possible = check_links(); !possible) return Unexpected{possible.error()};
  if (auto opened = open_journal(); !opened) return Unexpected{opened.error()};
  const auto how = options_.host == HostKind::sim ? run_sim() : run_caf();
  if (!how) return Unexpected{how.error()};
  if (auto closed = close_journal(); !closed) return Unexpected{closed.error()};
  return std::move(result_);
}

}  // namespace

Result<RunResult> run_scenario(const Scenario& scenario, std::uint64_t seed, const RunOptions& options) {
  return World(scenario, seed, options).run();
}

}  // namespace souk::scenarios
