#include "scenarios/swarm/swarm.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include "actors/consensus/validator_set.hpp"
#include "scenarios/swarm/nodes.hpp"

namespace souk::scenarios::swarm {
namespace {

/// Of "val-1: signs nothing up to height 7: the log is damaged: ...", what many nodes have in common.
std::string reason_of(std::string_view why) {
  why.remove_prefix(why.find(": ") + 2);
  constexpr std::string_view silent = "signs nothing up to height ";
  if (!why.starts_with(silent)) return std::string(why);
  why.remove_prefix(why.find(": ") + 2);
  std::string reason(why.substr(0, why.find(": ")));
  std::erase_if(reason, [](char c) { return c >= '0' && c <= '9'; });
  return "keeps silent for a height, because " + reason;
}

class Runner {
 public:
  explicit Runner(const SwarmJob& job) : job_(job) { report_.job = job; }

  SwarmReport run() {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::thread> workers;
    for (unsigned i = 1; i < job_.threads; ++i) workers.emplace_back([this] { work(); });
    work();
    for (std::thread& worker : workers) worker.join();
    report_.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    finish();
    return std::move(report_);
  }

 private:
  bool is_stopped() const { return job_.stop != nullptr && job_.stop->load(std::memory_order_relaxed); }

  void work() {
    while (!is_stopped() && failed_.load() < job_.failures_max) {
      const std::uint64_t place = next_.fetch_add(1);
      if (place >= job_.seeds) return;
      one(job_.first_seed + place, job_.twice_every != 0 && place % job_.twice_every == 0);
    }
  }

  void one(std::uint64_t seed, bool twice) {
    const Plan plan = draw_plan(seed, job_.options);
    Onlookers onlookers;
    onlookers.stop = job_.stop;
    SeedResult result = run_plan(plan, onlookers);
    if (!result.complete) return;
    if (twice && result.holds()) {
      const SeedResult again = run_plan(plan, onlookers);
      if (auto differs = compare_runs(result, again, plan.phases.end))
        result.violations.push_back(std::move(*differs));
    }
    const std::lock_guard lock(mutex_);
    add(std::move(result), twice);
    job_.progress(report_.seeds);
  }

  void add(SeedResult result, bool twice) {
    SwarmReport& r = report_;
    ++r.seeds;
    r.twice += twice ? 1 : 0;
    r.simulated_s += seconds(job_.options.length);
    r.faults += result.faults;
    for (std::size_t i = 0; i < r.rules.size(); ++i) r.rules[i] += result.rules[i];
    for (const auto field : {&QueueBounds::pending_checks, &QueueBounds::votes, &QueueBounds::future_messages,
                             &QueueBounds::parts, &QueueBounds::evidence})
      r.queue_maxima.*field = std::max(r.queue_maxima.*field, result.queue_maxima.*field);
    r.mempool_max = std::max(r.mempool_max, result.mempool_max);
    r.events += result.events;
    r.heights += static_cast<std::uint64_t>(result.height.value);
    r.rounds_sum += result.rounds_mean * static_cast<double>(result.height.value);
    r.txs += result.txs_applied;
    r.slashes += result.slashes;
    r.refused_logs += result.refused_logs;
    r.live += result.live ? 1 : 0;
    for (const std::string& why : result.halted) ++r.halted[reason_of(why)];
    if (result.fork) add_fork(result);
    const bool wanted = job_.options.attack == Attack::over && result.fork;
    if (result.holds() || wanted) return;
    failed_.fetch_add(1);
    r.failures.push_back({std::move(result), std::nullopt});
  }

  /// A fork is explained if the named hold more than a third and none of them is honest.
  void add_fork(const SeedResult& result) {
    ++report_.forks;
    const runtime::SignatureScheme& scheme =
        job_.options.signatures == Signatures::ed25519 ? runtime::ed25519() : runtime::keyed_hash();
    const Address attacker = consensus::address_of(scheme.key_pair(signing_seed_of(0)).public_key);
    const bool only_guilty = std::all_of(result.culprits.begin(), result.culprits.end(),
                                         [&](const Culprit& c) { return c.validator == attacker; });
    if (only_guilty && is_third(power_of(result.culprits), result.power_total)) ++report_.forks_named;
  }

  void finish() {
    std::sort(report_.failures.begin(), report_.failures.end(),
              [](const Failure& a, const Failure& b) { return a.result.seed < b.result.seed; });
    if (!job_.shrink || is_stopped()) return;
    for (Failure& failure : report_.failures) {
      const Plan plan = draw_plan(failure.result.seed, job_.options);
      if (failure.result.violations.front().invariant == Invariant::s14) continue;
      failure.shrunk = shrink(plan, [](const Plan& p) { return run_plan(p); }, 150, job_.stop);
    }
  }

  const SwarmJob& job_;
  SwarmReport report_;
  std::mutex mutex_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint32_t> failed_{0};
};

}  // namespace

bool SwarmReport::holds() const {
  if (job.options.attack == Attack::over) return failures.empty() && forks > 0 && forks == forks_named;
  return failures.empty();
}

std::optional<Violation> compare_runs(const SeedResult& once, const SeedResult& again, Time end) {
  if (!again.complete || again.run_hash == once.run_hash) return std::nullopt;
  return Violation{
      Invariant::s14, once.height, end, {}, "run hashes " + once.run_hash + " and " + again.run_hash};
}

SwarmReport run_swarm(const SwarmJob& job) { return Runner(job).run(); }

}  // namespace souk::scenarios::swarm
