#include "scenarios/swarm/cluster.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <map>

#include <fmt/format.h>

#include "scenarios/swarm/client.hpp"
#include "scenarios/swarm/nodes.hpp"
#include "scenarios/swarm/world_faults.hpp"

namespace souk::scenarios::swarm {
namespace {

using std::chrono::seconds;

constexpr Duration slice = seconds(5);  ///< simulated, between two looks at the nodes
constexpr Duration catch_up = seconds(60);

class Cluster {
 public:
  Cluster(const Plan& plan, const Onlookers& onlookers);
  SeedResult run();

 private:
  void spawn();
  bool until(Time end);
  void inspect();
  void heal();
  void check_liveness();
  void cold_restart();
  void finish(SeedResult& result);
  std::map<ActorId, Height> heights() const;
  bool is_alive_quorum() const;
  Duration patience() const;
  void remark(const std::string& text) const {
    if (onlookers_.remark) onlookers_.remark(host_.now(), text);
  }

  const Plan& plan_;
  const Onlookers& onlookers_;
  Nodes nodes_;
  Checker checker_;
  runtime::SimHost host_;
  WorldFaults faults_;
  bool expect_liveness_ = true;
  bool interrupted_ = false;
  std::string failure_;
};

runtime::SimOptions options_of(const Plan& plan, const Nodes& nodes) {
  runtime::SimOptions options;
  options.seed = plan.seed;
  options.genesis = genesis_time;
  options.signatures = &nodes.scheme();
  options.network = sim::Network::make(plan.knobs.network, plan.seed).value();
  return options;
}

Cluster::Cluster(const Plan& plan, const Onlookers& onlookers)
    : plan_(plan),
      onlookers_(onlookers),
      nodes_(plan),
      checker_(nodes_.checker_setup()),
      host_(options_of(plan, nodes_)),
      faults_(plan_, nodes_, checker_, host_) {
  spawn();
}

void Cluster::spawn() {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i)
    host_.spawn(nodes_[{i}].name, nodes_.fresh({i}), nodes_.options_of({i}));
  const auto attached = [&](std::uint32_t client) {
    return runtime::ActorOptions{.validator = nodes_.attached(client)};
  };
  const auto none = std::make_shared<const std::vector<Errand>>();
  faults_.operators_are(host_.spawn("operators", Client(none), attached(0)));
  for (std::uint32_t i = 0; i < plan_.knobs.client_count; ++i)
    host_.spawn("client-" + std::to_string(i + 1), Client(errands_of(plan_, i)), attached(i + 1));
  host_.attach(checker_);
  if (onlookers_.trace != nullptr) host_.attach(*onlookers_.trace);
  if (onlookers_.stop != nullptr) host_.stop_on(onlookers_.stop);
  host_.set_faults(faults_.world(onlookers_.remark));
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[{i}].twin) host_.kill({i});
  }
}

/// Runs to `end` in slices. False if it is over: interrupted, or something does not hold.
bool Cluster::until(Time end) {
  while (host_.now() < end) {
    const auto ran = host_.run_until(std::min(end, host_.now() + slice));
    if (!ran) {
      failure_ = ran.error().message;
      return false;
    }
    if (*ran == runtime::RunEnd::interrupted) {
      interrupted_ = true;
      return false;
    }
    inspect();
    if (!checker_.violations().empty()) return false;
  }
  return true;
}

/// What no effect tells: mempools, votes, and states where two are at one height.
void Cluster::inspect() {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const ActorId id{i};
    faults_.count_misdeeds(id);
    const Validator* v = validator_at(host_, id);
    if (v == nullptr || !host_.is_up(id)) continue;
    const MempoolLimits& limits = plan_.knobs.mempool;
    checker_.mempool_is(host_.now(), id, v->mempool().tx_count(), limits.tx_count_max,
                        v->mempool().byte_count(), limits.byte_count_max);
    if (!nodes_[id].byzantine) checker_.votes_are(id, v->core()->votes());
    const auto decided = v->core()->decided();
    if (decided && decided->value % 8 == 0)
      checker_.state_is(host_.now(), id, *decided, v->ledger().state_hash());
  }
}

std::map<ActorId, Height> Cluster::heights() const {
  std::map<ActorId, Height> heights;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const Validator* v = validator_at(host_, {i});
    if (v == nullptr || !host_.is_up({i}) || nodes_[{i}].byzantine) continue;
    heights.emplace(ActorId{i}, v->core()->decided().value_or(Height{0}));
  }
  return heights;
}

/// Whether honest nodes that are up and may sign hold more than two thirds: then there must be progress.
bool Cluster::is_alive_quorum() const {
  const PlainSet* set = checker_.reference().validators(checker_.reference().height() + Blocks{1});
  if (set == nullptr) return false;
  consensus::Power power = 0;
  for (const PlainSet::Member& m : set->members()) {
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      const Node& node = nodes_[{i}];
      const bool votes =
          node.has_key && !node.byzantine && host_.is_up({i}) && nodes_.key_of(node.key_of) == m.key;
      if (votes && validator_at(host_, {i})->core()->is_signing()) power += m.power;
    }
  }
  return is_quorum(power, set->total());
}

/// How long ten blocks may take in the worst round: each may need as many rounds as there are proposers that
/// are down, and rounds must first be long enough for messages to arrive in.
Duration Cluster::patience() const {
  const Knobs& k = plan_.knobs;
  consensus::Round round = 0;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const Validator* v = validator_at(host_, {i});
    if (v != nullptr && host_.is_up({i})) round = std::max(round, v->core()->round());
  }
  const Duration trip = 4 * k.delay_max;
  const Duration shortest = std::min({k.timeouts.propose, k.timeouts.prevote, k.timeouts.precommit});
  const auto fit =
      static_cast<consensus::Round>(std::max<std::int64_t>(0, (trip - shortest) / k.timeouts.delta + 1));
  const consensus::Round last =
      std::max(round, fit) + 3 * static_cast<consensus::Round>(plan_.validator_count());
  Duration total = 10 * k.block_time + plan_.knobs.peer_limits.ban + seconds(5);
  for (consensus::Round r = std::min(round, fit); r <= last; ++r)
    total += k.timeouts.propose + k.timeouts.prevote + k.timeouts.precommit + 3 * r * k.timeouts.delta + trip;
  return total;
}

void Cluster::heal() {
  faults_.heal();
  remark(fmt::format("healed; {} is the highest height", checker_.highest().value));
  if (!until(std::min(plan_.phases.cold, host_.now() + slice))) return;
  expect_liveness_ = is_alive_quorum();
  if (expect_liveness_) checker_.healed(host_.now(), patience());
}

void Cluster::check_liveness() {
  if (!expect_liveness_ || plan_.options.attack != Attack::none) return;
  const bool long_enough = plan_.phases.cold - plan_.phases.heal > catch_up;
  checker_.lived(host_.now(), heights(), long_enough ? catch_up : Duration{0});
}

void Cluster::cold_restart() {
  checker_.cold_restart();
  remark("everything is restarted");
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (host_.is_up({i})) host_.kill({i});
  }
  if (!until(host_.now() + std::chrono::milliseconds(100))) return;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[{i}].twin || !faults_.was_up({i})) continue;
    faults_.restart({i});
  }
}

void Cluster::finish(SeedResult& result) {
  result.complete = !interrupted_;
  result.run_hash = fmt::format("{:016x}{:016x}", host_.run_hash().high, host_.run_hash().low);
  result.events = host_.event_count();
  result.height = checker_.highest();
  const auto heights_decided = std::max<std::int64_t>(1, result.height.value);
  result.rounds_mean = static_cast<double>(checker_.rounds_total()) / static_cast<double>(heights_decided);
  result.faults = host_.fault_counts();
  result.rules = checker_.rules();
  result.queue_maxima = checker_.queue_maxima();
  result.mempool_max = checker_.mempool_max();
  result.txs_sent = checker_.txs_submitted();
  result.txs_applied = checker_.reference().order().size();
  result.slashes = checker_.reference().double_sign_slashes().size();
  result.live = expect_liveness_;
  result.refused_logs = faults_.refused();
  for (const auto& [id, why] : checker_.halted()) result.halted.push_back(nodes_[id].name + ": " + why);
  result.violations = checker_.violations();
  if (!failure_.empty())
    result.violations.push_back(
        {Invariant::s2, checker_.highest(), host_.now(), {}, "a promise was broken: " + failure_});
  if (const auto& fork = checker_.fork()) {
    result.fork = fork->fork;
    result.power_total = fork->set.total_power();
    result.culprits = accountable(fork->set, chain_id, fork->fork, nodes_.scheme());
  }
}

SeedResult Cluster::run() {
  SeedResult result;
  result.seed = plan_.seed;
  try {
    if (until(plan_.phases.heal)) heal();
    if (until(plan_.phases.cold)) {
      check_liveness();
      cold_restart();
      if (checker_.violations().empty() && until(plan_.phases.end)) checker_.ended(host_.now(), heights());
    }
  } catch (const std::exception& error) {
    failure_ = error.what();
  }
  finish(result);
  return result;
}

}  // namespace

SeedResult run_plan(const Plan& plan, const Onlookers& onlookers) {
  const auto begin = std::chrono::steady_clock::now();
  SeedResult result = Cluster(plan, onlookers).run();
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace souk::scenarios::swarm
