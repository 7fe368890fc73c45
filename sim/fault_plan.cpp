// Drawing a plan (consensus-node.md section 5, "Draw per seed"). Every family draws from a stream of its own,
// so that allowing or forbidding one leaves the others where they were.

#include <algorithm>

#include "actors/base/check.hpp"
#include "actors/base/enums.hpp"
#include "actors/base/math.hpp"
#include "actors/base/rng.hpp"
#include "sim/faults.hpp"

namespace souk::sim {
namespace {

using namespace std::chrono_literals;

/// Nothing happens later than this before the end of the chaos, since a crash may wait a second for its
/// batch.
constexpr Duration margin = 1500ms;
/// A family that is on strikes this often at most in one plan.
constexpr std::size_t per_family_max = 24;
/// Beyond the end of any run.
constexpr Duration for_good = std::chrono::hours(24 * 365 * 10);

class Drawing {
 public:
  Drawing(std::uint64_t seed, const PlanKnobs& knobs) : seed_(seed), knobs_(knobs) {
    SOUK_CHECK(!knobs.actors.empty() && knobs.actors.size() == knobs.powers.size());
    plan_.seed = seed;
    plan_.begin = knobs.begin;
    plan_.heal = knobs.begin + knobs.quiet + knobs.chaos;
  }

  FaultPlan draw() {
    draw_sides();
    for (const FaultFamily family : enum_values<FaultFamily>) draw_family(family);
    // Draws are unique, and ascend with the families.
    std::sort(plan_.faults.begin(), plan_.faults.end(),
              [](const Fault& a, const Fault& b) { return a.at != b.at ? a.at < b.at : a.draw < b.draw; });
    return keep_recoverable(std::move(plan_), knobs_.actors, knobs_.powers);
  }

 private:
  Rng stream(std::uint64_t purpose) const { return {seed_, no_actor, Purpose::fault_plan, purpose}; }

  std::vector<ActorId> shuffled(Rng& rng, std::vector<ActorId> actors) const {
    for (std::size_t i = actors.size(); i > 1; --i) std::swap(actors[i - 1], actors[rng.below(i)]);
    return actors;
  }
  std::int64_t power_of(ActorId actor) const {
    const auto it = std::find(knobs_.actors.begin(), knobs_.actors.end(), actor);
    return knobs_.powers[static_cast<std::size_t>(it - knobs_.actors.begin())];
  }

  /// Who lies, and who is not repaired at the end.
  void draw_sides() {
    __extension__ typedef __int128 Wide;
    Rng rng = stream(0);
    Wide total = 0;
    for (const std::int64_t power : knobs_.powers) {
      SOUK_CHECK(power > 0);
      total += power;
    }
    Wide lies = 0;
    const bool liars = rng.uniform() < 0.5;
    for (const ActorId actor : shuffled(rng, knobs_.actors)) {
      if (!liars || rng.below(4) == 0 || (lies + power_of(actor)) * 1'000 >= total * knobs_.byzantine_below)
        continue;
      lies += power_of(actor);
      plan_.byzantine.push_back(actor);
    }
    Wide broken = lies;
    const bool stay = rng.uniform() < 0.25;
    for (const ActorId actor : shuffled(rng, knobs_.actors)) {
      if (!stay || is_byzantine(actor) || (broken + power_of(actor)) * 3 >= total) continue;
      broken += power_of(actor);
      plan_.not_healed.push_back(actor);
      if (!knobs_.allowed.has(FaultFamily::crash)) continue;
      plan_.faults.push_back({plan_.heal, for_good, FaultFamily::crash, {actor}, -1, 900'000 + actor.value});
    }
    std::sort(plan_.byzantine.begin(), plan_.byzantine.end());
    std::sort(plan_.not_healed.begin(), plan_.not_healed.end());
    if (!knobs_.allowed.has(FaultFamily::crash)) plan_.not_healed.clear();
  }
  bool is_byzantine(ActorId actor) const {
    return std::find(plan_.byzantine.begin(), plan_.byzantine.end(), actor) != plan_.byzantine.end();
  }

  // One fault of the family being drawn.

  ActorId anyone() { return knobs_.actors[rng_.below(knobs_.actors.size())]; }
  /// Some but not all, in any order; everybody if there is only one.
  std::vector<ActorId> some() {
    auto actors = shuffled(rng_, knobs_.actors);
    if (actors.size() > 1) actors.resize(1 + rng_.below(actors.size() - 1));
    return actors;
  }
  std::vector<ActorId> all_or_some() { return rng_.below(2) == 0 ? std::vector<ActorId>{} : some(); }
  Duration between(Duration low, Duration high) {
    return low + Duration{static_cast<std::int64_t>(
                     rng_.below(static_cast<std::uint64_t>((high - low).count()) + 1))};
  }
  /// Evenly on a logarithmic scale.
  std::int64_t about(double low, double high) {
    return static_cast<std::int64_t>(low * math::exp(rng_.uniform() * math::log(high / low)));
  }
  Duration about(Duration low, Duration high) {
    return Duration{about(static_cast<double>(low.count()), static_cast<double>(high.count()))};
  }
  std::int64_t either_sign(std::int64_t most) {
    const auto size = static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(most))) + 1;
    return rng_.below(2) == 0 ? size : -size;
  }
  std::int64_t up_to(std::int64_t most) {
    return 1 + static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(most)));
  }

  void add(std::vector<ActorId> who, std::int64_t amount, Duration lasts) {
    const Duration room = knobs_.chaos - margin;
    if (room <= Duration{0}) return;
    lasts = std::clamp(lasts, Duration{1ms}, room);
    const Time at = knobs_.begin + knobs_.quiet + between(Duration{0}, room - lasts);
    place(at, std::move(who), amount, lasts);
  }
  void place(Time at, std::vector<ActorId> who, std::int64_t amount, Duration lasts) {
    const auto draw = static_cast<std::uint64_t>(family_) * 1'000 + drawn_++;
    plan_.faults.push_back({at, lasts, family_, std::move(who), amount, draw});
  }
  /// At least once, at most per_family_max times, else as often as `per_minute` says, drawn from 0 to it.
  template <class Add>
  void often(double per_minute_max, Add&& add_one) {
    const double rate = rng_.uniform() * per_minute_max * knobs_.intensity;
    const double expected = rate * seconds(knobs_.chaos) / 60;
    auto count = static_cast<std::size_t>(expected);
    count += rng_.uniform() < expected - static_cast<double>(count) ? 1u : 0u;
    count = std::clamp<std::size_t>(count, 1, per_family_max);
    for (std::size_t i = 0; i < count; ++i) add_one();
  }
  template <class Add>
  void few(Add&& add_one) {
    for (std::uint64_t n = 1 + rng_.below(3); n > 0; --n) add_one();
  }

  void draw_family(FaultFamily family) {
    family_ = family;
    drawn_ = 0;
    rng_ = stream(static_cast<std::uint64_t>(family) + 1);
    const bool on = rng_.uniform() < knobs_.switched_on;
    if (!on || !knobs_.allowed.has(family)) return;
    switch (group_of(family)) {
      case FaultGroup::network: return draw_network();
      case FaultGroup::process: return draw_process();
      case FaultGroup::disk: return draw_disk();
      case FaultGroup::clock: return draw_clock();
      case FaultGroup::byzantine: return draw_byzantine();
      case FaultGroup::membership: return draw_membership();
      case FaultGroup::application: return draw_application();
    }
  }

  void draw_network() {
    const Duration long_while = between(5s, std::max<Duration>(6s, knobs_.chaos / 2));
    switch (family_) {
      case FaultFamily::loss: return few([&] { add(all_or_some(), up_to(300'000), long_while); });
      case FaultFamily::delay: return few([&] { add(all_or_some(), about(5e6, 300e6), long_while); });
      case FaultFamily::reorder: return few([&] { add(all_or_some(), about(10e6, 500e6), long_while); });
      case FaultFamily::duplicate: return few([&] { add(all_or_some(), up_to(500'000), long_while); });
      case FaultFamily::corrupt: return few([&] { add(all_or_some(), up_to(10'000), long_while); });
      case FaultFamily::bandwidth_cap:
        return few([&] { add(all_or_some(), about(16e3, 2e6), between(5s, 30s)); });
      case FaultFamily::clog: return often(1.2, [&] { add(some(), 0, between(100ms, 10s)); });
      case FaultFamily::swizzle_clog: return few([&] { add(some(), 0, between(2s, 15s)); });
      case FaultFamily::majority_ring:
        return few([&] { add(shuffled(rng_, knobs_.actors), 0, between(1s, 20s)); });
      case FaultFamily::isolate: return often(1, [&] { add({anyone()}, 0, between(1s, 20s)); });
      default: return often(0.6, [&] { add(some(), 0, between(1s, 20s)); });
    }
  }

  void draw_process() {
    const auto nodes = static_cast<double>(knobs_.actors.size());
    const auto down = [&] { return about(10ms, 60s); };
    switch (family_) {
      case FaultFamily::crash:
        return often(2 * nodes, [&] { add({anyone()}, up_to(8) - 1, about(10ms, 20s)); });
      case FaultFamily::pause: return often(2 * nodes, [&] { add({anyone()}, 0, about(10ms, 20s)); });
      case FaultFamily::wipe: return often(0.1 * nodes, [&] { add({anyone()}, 0, down()); });
      case FaultFamily::crash_all: return add(knobs_.actors, 0, about(10ms, 10s));
      case FaultFamily::crash_loop: return few([&] { add({anyone()}, 1 + up_to(4), between(4s, 20s)); });
      case FaultFamily::upgrade: return few([&] { add({anyone()}, 1, about(10ms, 5s)); });
      case FaultFamily::exhaustion: return few([&] { add({anyone()}, 0, between(500ms, 8s)); });
      default: return few([&] { add({anyone()}, 0, about(10ms, 5s)); });
    }
  }

  void draw_disk() {
    const auto down = [&] { return about(10ms, 20s); };
    switch (family_) {
      case FaultFamily::slow_disk: return few([&] { add({anyone()}, about(1e6, 1e9), between(3s, 30s)); });
      case FaultFamily::read_rot: return few([&] { add({anyone()}, up_to(64), down()); });
      case FaultFamily::write_rot: return few([&] { add({anyone()}, up_to(8), between(5s, 60s)); });
      case FaultFamily::misdirected_write: return few([&] { add({anyone()}, up_to(4), between(5s, 60s)); });
      case FaultFamily::wal_truncated: return few([&] { add({anyone()}, up_to(4'096), down()); });
      case FaultFamily::rolled_back: return few([&] { add({anyone()}, about(1e9, 60e9), down()); });
      default: return often(3, [&] { add({anyone()}, 0, down()); });
    }
  }

  void draw_clock() {
    switch (family_) {
      case FaultFamily::skew:
        return few([&] { place(knobs_.begin, {anyone()}, either_sign(20'000'000'000), knobs_.chaos); });
      case FaultFamily::drift: return few([&] { add({anyone()}, either_sign(500'000), knobs_.chaos / 2); });
      case FaultFamily::step:
        return few([&] { add({anyone()}, either_sign(about(1e6, 3.6e12)), between(5s, 30s)); });
      default: return few([&] { add({anyone()}, either_sign(about(1e6, 2e9)), between(1s, 20s)); });
    }
  }

  void draw_byzantine() {
    if (plan_.byzantine.empty()) return;
    const auto liar = [&] { return plan_.byzantine[rng_.below(plan_.byzantine.size())]; };
    const auto while_lying = between(knobs_.chaos / 8, knobs_.chaos / 2);
    switch (family_) {
      case FaultFamily::silent_proposer:
        return few([&] { add({liar()}, rng_.below(2) == 0 ? 0 : about(1e8, 5e9), while_lying); });
      case FaultFamily::withheld_parts: return few([&] { add({liar()}, up_to(4), while_lying); });
      case FaultFamily::bad_timestamp:
        return few([&] { add({liar()}, either_sign(3'600'000'000'000), while_lying); });
      case FaultFamily::future_flood: return few([&] { add({liar()}, up_to(50), while_lying); });
      default: return few([&] { add({liar()}, 0, while_lying); });
    }
  }

  void draw_membership() {
    switch (family_) {
      case FaultFamily::reweigh: return few([&] { add({anyone()}, about(2e5, 3e6), 1ms); });
      default: return few([&] { add({anyone()}, 0, 1ms); });
    }
  }

  /// One honest validator with less than a third, so that the others can agree on what it refuses.
  void draw_application() {
    __extension__ typedef __int128 Wide;
    Wide total = 0;
    for (const std::int64_t power : knobs_.powers) total += power;
    for (const ActorId actor : shuffled(rng_, knobs_.actors)) {
      if (is_byzantine(actor) || Wide{3} * power_of(actor) >= total) continue;
      return place(knobs_.begin, {actor}, about(1, 20), knobs_.chaos);
    }
  }

  std::uint64_t seed_;
  const PlanKnobs& knobs_;
  FaultPlan plan_;
  FaultFamily family_{};
  std::uint64_t drawn_ = 0;
  Rng rng_{0, no_actor, Purpose::fault_plan, 0};
};

}  // namespace

FaultPlan draw_plan(std::uint64_t seed, const PlanKnobs& knobs) { return Drawing(seed, knobs).draw(); }

}  // namespace souk::sim
