#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/sim_host.hpp"
#include "tests/runtime/scripted.hpp"

/// Small worlds in which things go wrong, for tests.
namespace souk::runtime {

inline constexpr Time world_genesis{std::chrono::hours(24 * 365 * 56)};

inline SimOptions world_options(Duration delay = std::chrono::milliseconds(10)) {
  SimOptions options{.seed = 3, .genesis = world_genesis};
  sim::NetworkConfig network;
  network.delay = delay;
  options.network = *sim::Network::make(network, options.seed);
  return options;
}

/// One fault, `after` the beginning.
inline sim::Fault fault_of(sim::FaultFamily family, Duration after, Duration lasts, std::vector<ActorId> who,
                           std::int64_t amount = 0, std::uint64_t draw = 1) {
  return {world_genesis + after, lasts, family, std::move(who), amount, draw};
}

inline sim::FaultPlan plan_of(std::vector<sim::Fault> faults) {
  sim::FaultPlan plan;
  plan.seed = 5;
  plan.begin = world_genesis;
  plan.heal = world_genesis + std::chrono::hours(1);
  plan.faults = std::move(faults);
  return plan;
}

inline std::shared_ptr<const Bytes> bytes_of(std::size_t count, std::uint8_t value) {
  return std::make_shared<const Bytes>(count, value);
}

/// Every `every` from its start on persists `size` bytes, the n-th time of value n, and then pings actor 1
/// with n. After a crash it goes on counting from what its disk holds.
struct Diarist {
  Duration every = std::chrono::milliseconds(100);
  std::size_t size = 16;
  bool sync = true;
  std::uint64_t count = 0;  ///< records written
  std::uint64_t starts = 0;
  std::vector<Time> shown{};  ///< every time it was shown

  void on(const Event& event, const Context& context, Effects& out) {
    shown.push_back(context.now);
    if (std::holds_alternative<Started>(event)) ++starts;
    if (std::holds_alternative<TimerFired>(event)) {
      ++count;
      out.push_back(Persist{bytes_of(size, static_cast<std::uint8_t>(count)), Persist::File::wal, sync});
      out.push_back(Send{ActorId{1}, Ping{context.self, count}});
    }
    if (std::holds_alternative<Started>(event) || std::holds_alternative<TimerFired>(event)) {
      out.push_back(SetTimer{{1, 0}, context.now + every});
    }
  }
};

/// A diarist 0 and a listener 1 that remembers, in a world that goes wrong by `faults`. Whoever comes back
/// comes back as a diarist that has counted the whole records on its disk.
struct DiaryWorld {
  explicit DiaryWorld(std::vector<sim::Fault> faults, Diarist diarist = {},
                      Duration delay = std::chrono::milliseconds(10))
      : host(world_options(delay)) {
    host.spawn("diarist", diarist);
    host.spawn("listener", Scripted{});
    FaultWorld world;
    world.plan = plan_of(std::move(faults));
    world.revive = [this, diarist](const Comeback& comeback) -> std::optional<AnyActor> {
      comebacks.push_back(comeback);
      if (refuse) return std::nullopt;
      Diarist fresh = diarist;
      fresh.count = comeback.disk.wal.size() / diarist.size;
      return fresh;
    };
    world.tell = [this](Time now, const sim::Fault& fault, std::string_view what) {
      log.push_back(std::to_string((now - world_genesis) / std::chrono::milliseconds(1)) + "ms " +
                    sim::name_of(fault.family) + " " + std::string(what));
    };
    host.set_faults(std::move(world));
  }
  DiaryWorld(const DiaryWorld&) = delete;
  DiaryWorld& operator=(const DiaryWorld&) = delete;

  void run(Duration until) { ASSERT_TRUE(host.run_until(world_genesis + until).has_value()); }
  const Diarist& diarist() const { return *host.actor(ActorId{0}).as<Diarist>(); }
  std::vector<std::uint64_t> pings() const { return host.actor(ActorId{1}).as<Scripted>()->ping_numbers(); }
  std::size_t records() const { return host.disk(ActorId{0}).wal.size() / 16; }
  std::uint64_t fired(sim::FaultFamily family) const { return host.fault_counts()[family]; }

  bool refuse = false;
  std::vector<Comeback> comebacks;
  std::vector<std::string> log;
  SimHost host;
};

}  // namespace souk::runtime
