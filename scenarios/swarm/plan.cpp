#include "scenarios/swarm/plan.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "actors/base/enums.hpp"
#include "actors/base/rng.hpp"

namespace souk::scenarios::swarm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Draws of one purpose of one seed; a draw added to one purpose moves nothing of another.
class Draw {
 public:
  Draw(std::uint64_t seed, std::uint64_t what) : rng_(seed, no_actor, Purpose::setup, what) {}
  double uniform(double low, double high) { return low + (high - low) * rng_.uniform(); }
  double log_uniform(double low, double high) { return low * std::pow(high / low, rng_.uniform()); }
  std::int64_t whole(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(high - low + 1)));
  }
  bool chance(double p) { return rng_.uniform() < p; }
  Duration time(double low_s, double high_s) {
    return Duration(static_cast<std::int64_t>(log_uniform(low_s, high_s) * 1e9));
  }

 private:
  Rng rng_;
};

enum What : std::uint64_t { shape = 1, power = 2, network = 3, timing = 4, bounds = 5, conduct = 6 };

std::size_t validator_count(Draw& draw) {
  const double u = draw.uniform(0, 1);
  if (u < 0.08) return static_cast<std::size_t>(draw.whole(1, 3));
  if (u < 0.12) return static_cast<std::size_t>(draw.whole(8, 10));
  return static_cast<std::size_t>(draw.whole(4, 7));
}

/// Equal; Zipf; one holder just under, or just over, a third.
std::vector<std::int64_t> draw_powers(Draw& draw, std::size_t count) {
  std::vector<std::int64_t> powers(count, 100);
  const double u = draw.uniform(0, 1);
  if (count < 3 || u < 0.4) return powers;
  if (u < 0.65) {
    for (std::size_t i = 0; i < count; ++i)
      powers[i] = std::max<std::int64_t>(1, 300 / static_cast<std::int64_t>(i + 1));
    return powers;
  }
  const auto others = static_cast<std::int64_t>(count - 1) * 100;
  powers[0] = u < 0.85 ? (others - 1) / 2 : others / 2 + 1;
  return powers;
}

void draw_network(Draw& draw, Knobs& knobs) {
  sim::NetworkConfig& net = knobs.network;
  const double low_ms = draw.uniform(0, 30);
  const double mean_ms = draw.log_uniform(5, 300);
  if (draw.chance(0.2)) {  // three continents, one way slower than the other
    sim::RegionDelays regions;
    regions.delay.assign(3, std::vector<Duration>(3));
    for (auto& row : regions.delay) {
      for (Duration& cell : row) cell = milliseconds(draw.whole(5, 150));
    }
    for (int i = 0; i < 64; ++i) regions.region_of.push_back(static_cast<std::uint16_t>(draw.whole(0, 2)));
    net.delay = regions;
    net.jitter = Distribution::make(Exponential{mean_ms * 0.1e-3}).value();
    knobs.delay_max = milliseconds(150) + milliseconds(static_cast<int>(mean_ms));
  } else {
    net.delay = Duration(static_cast<std::int64_t>(low_ms * 1e6));
    net.jitter = Distribution::make(Exponential{mean_ms * 1e-3}).value();
    knobs.delay_max = milliseconds(static_cast<int>(low_ms + 7 * mean_ms));
  }
  net.fifo = draw.chance(0.7);
}

void draw_timing(Draw& draw, Knobs& knobs) {
  consensus::Timeouts& t = knobs.timeouts;
  knobs.block_time = draw.time(1, 10);
  const double floor_s = std::max(0.005, souk::seconds(knobs.delay_max) * 0.1);
  t.propose = draw.time(floor_s, std::max(5.0, floor_s));
  t.prevote = draw.time(floor_s, std::max(3.0, floor_s));
  t.precommit = draw.time(floor_s, std::max(3.0, floor_s));
  t.delta = draw.time(std::max(0.02, floor_s), std::max(1.0, floor_s));
  t.gossip = draw.time(0.25, 1.0);
  t.rebroadcast = draw.time(1, 4);
  knobs.time_bounds.precision = draw.time(0.3, 2) + knobs.delay_max;
  knobs.time_bounds.message_delay = draw.time(2, 20) + knobs.delay_max;
  knobs.tx_gap = draw.time(1, 30);
}

void draw_bounds(Draw& draw, Knobs& knobs) {
  knobs.block_limits.part_bytes = std::uint32_t{1} << draw.whole(10, 16);
  knobs.block_limits.bytes_max = std::uint32_t{1} << draw.whole(14, 21);
  knobs.block_limits.evidence_bytes_max = knobs.block_limits.bytes_max / 4;
  knobs.peer_limits.ban = draw.time(0.5, 10);
  knobs.mempool.tx_count_max = static_cast<std::size_t>(draw.log_uniform(20, 5'000));
  knobs.stored_blocks_max = 0;
  knobs.state_hash_every_blocks = draw.whole(5, 100);
}

/// One validator against groups of equal power on both sides of it: with more than a third it can complete
/// the quorum of either.
void arm(Knobs& knobs, Attack attack) {
  knobs.powers = {attack == Attack::under ? 199 : 201, 100, 100, 100, 100};
  knobs.spare_count = 0;
  knobs.full_node_count = 0;
}

void simplify(Knobs& knobs, const Simplifications& simpler) {
  for (const Simpler s : simpler) {
    switch (s) {
      case Simpler::no_clients: knobs.client_count = 0; break;
      case Simpler::no_full_nodes: knobs.full_node_count = 0; break;
      case Simpler::equal_powers: std::fill(knobs.powers.begin(), knobs.powers.end(), 100); break;
      case Simpler::even_delays:
        knobs.network = {};
        knobs.network.delay = milliseconds(20);
        knobs.delay_max = milliseconds(20);
        break;
      case Simpler::plain_timeouts:
        knobs.timeouts = {};
        knobs.block_time = seconds(1);
        break;
    }
  }
}

Knobs draw_knobs(std::uint64_t seed, const SwarmOptions& options) {
  Knobs knobs;
  Draw of_shape(seed, shape);
  Draw of_power(seed, power);
  Draw of_network(seed, network);
  Draw of_timing(seed, timing);
  Draw of_bounds(seed, bounds);
  knobs.powers = draw_powers(of_power, validator_count(of_shape));
  knobs.full_node_count = static_cast<std::uint32_t>(std::max<std::int64_t>(0, of_shape.whole(-3, 2)));
  knobs.client_count = static_cast<std::uint32_t>(of_shape.whole(1, 6));
  draw_network(of_network, knobs);
  draw_timing(of_timing, knobs);
  draw_bounds(of_bounds, knobs);
  if (options.attack != Attack::none) arm(knobs, options.attack);
  simplify(knobs, options.simpler);
  return knobs;
}

/// In some seeds liars sign nothing that convicts them: who is convicted is out of the set, and lies no more.
/// That an application differs is rare, since its node stops early and the others can spare none after it.
sim::FaultSet allowed_of(std::uint64_t seed, sim::FaultSet allowed) {
  using sim::FaultFamily;
  Draw draw(seed, conduct);
  const bool are_careful = draw.chance(0.4);
  const bool is_one_stricter = draw.chance(0.35);
  if (are_careful) {
    for (const FaultFamily convicting :
         {FaultFamily::double_vote, FaultFamily::double_proposal, FaultFamily::duplicate_key})
      allowed.set(convicting, false);
  }
  if (!is_one_stricter) allowed.set(FaultFamily::stricter, false);
  return allowed;
}

Phases phases_of(Duration length) {
  const Duration cold = std::max<Duration>(length / 10, seconds(15));
  const Duration live = std::max<Duration>(length * 3 / 10, seconds(30));
  const Time end = genesis_time + length;
  return {end - cold - live, end - cold, end};
}

}  // namespace

Plan draw_plan(std::uint64_t seed, const SwarmOptions& options) {
  Plan plan;
  plan.seed = seed;
  plan.options = options;
  plan.knobs = draw_knobs(seed, options);
  plan.phases = phases_of(options.length);
  sim::PlanKnobs knobs;
  for (std::uint32_t i = 0; i < plan.knobs.powers.size(); ++i) knobs.actors.push_back({i});
  knobs.powers = plan.knobs.powers;
  knobs.begin = genesis_time;
  knobs.chaos = std::max<Duration>(plan.phases.heal - genesis_time - knobs.quiet, Duration{0});
  knobs.allowed = allowed_of(seed, options.allowed);
  knobs.switched_on = options.switched_on;
  if (options.attack != Attack::none) {  // the attacker is enough
    knobs.byzantine_below = 0;
    knobs.allowed.bits &= sim::FaultSet::only(sim::FaultGroup::network).bits;
    knobs.switched_on = 0.15;
  }
  plan.faults = sim::draw_plan(seed, knobs);
  if (options.attack != Attack::none) plan.faults.byzantine = {{0}};
  return plan;
}

Plan simplified(const Plan& plan, Simpler how) {
  Plan simpler = plan;
  simpler.options.simpler.push_back(how);
  simpler.knobs = draw_knobs(plan.seed, simpler.options);
  return simpler;
}

std::string to_text(const Plan& plan) {
  std::string text = fmt::format("swarm seed {} length {} attack {} signatures {} simpler", plan.seed,
                                 plan.options.length.count(), enum_name(plan.options.attack),
                                 enum_name(plan.options.signatures));
  for (const Simpler s : plan.options.simpler) text += fmt::format(" {}", enum_name(s));
  return text + "\n" + sim::to_text(plan.faults);
}

namespace {

template <class E>
bool read_enum(const std::string& word, E& value) {
  for (const E known : enum_values<E>) {
    if (enum_name(known) != word) continue;
    value = known;
    return true;
  }
  return false;
}

}  // namespace

Result<Plan> parse_plan(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  std::istringstream words{std::string(line)};
  std::string swarm, seed_word, length_word, attack_word, attack, signatures_word, signatures, simpler_word;
  std::uint64_t seed = 0;
  std::int64_t length = 0;
  SwarmOptions options;
  words >> swarm >> seed_word >> seed >> length_word >> length >> attack_word >> attack >> signatures_word >>
      signatures >> simpler_word;
  if (!words || swarm != "swarm" || length <= 0 || !read_enum(attack, options.attack) ||
      !read_enum(signatures, options.signatures) || simpler_word != "simpler")
    return fail("line 1: not `swarm seed N length NS attack A signatures S simpler ...`");
  options.length = Duration(length);
  for (std::string word; words >> word;) {
    if (!read_enum(word, options.simpler.emplace_back()))
      return fail("line 1: no simplification `" + word + "`");
  }
  Plan plan = draw_plan(seed, options);
  auto faults =
      sim::parse_plan(line.size() < text.size() ? text.substr(line.size() + 1) : std::string_view{});
  if (!faults) return Unexpected{faults.error()};
  plan.faults = std::move(*faults);
  return plan;
}

std::string knobs_text(const Knobs& k) {
  const auto ms = [](Duration d) { return souk::seconds(d) * 1e3; };
  return fmt::format(
      "powers {} · spares {} · full nodes {} · clients {} · a transaction each {:.1f} s\n"
      "block time {:.0f} ms · timeouts {:.0f}/{:.0f}/{:.0f} ms + {:.0f} a round · delays up to {:.0f} ms{}\n"
      "blocks to {} KiB in parts of {} KiB · mempool {} · precision {:.0f} ms, message delay {:.0f} ms",
      fmt::join(k.powers, ","), k.spare_count, k.full_node_count, k.client_count, souk::seconds(k.tx_gap),
      ms(k.block_time), ms(k.timeouts.propose), ms(k.timeouts.prevote), ms(k.timeouts.precommit),
      ms(k.timeouts.delta), ms(k.delay_max), k.network.fifo ? " in order" : "",
      k.block_limits.bytes_max >> 10, k.block_limits.part_bytes >> 10, k.mempool.tx_count_max,
      ms(k.time_bounds.precision), ms(k.time_bounds.message_delay));
}

}  // namespace souk::scenarios::swarm
