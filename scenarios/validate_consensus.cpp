// Checks of consensus: whose turn it is to propose, asked of the validator sets that nodes use.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "actors/base/rng.hpp"
#include "actors/consensus/validator_set.hpp"
#include "actors/votes.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/validate_checks.hpp"
#include "scenarios/world.hpp"

namespace souk::scenarios {
namespace {

using consensus::Power;
using consensus::PowerChange;
using consensus::ProposerOrder;
using consensus::PublicKey;
using consensus::ValidatorSet;

/// Keys whose addresses ascend, so that "the smaller address" is "the lower index".
std::vector<PublicKey> ascending_keys(std::size_t count) {
  std::vector<PublicKey> keys(count);
  for (std::size_t i = 0; i < count; ++i) {
    keys[i][0] = static_cast<std::uint8_t>(i);
    keys[i][1] = static_cast<std::uint8_t>(i >> 8);
    keys[i][2] = 0x23;
  }
  std::sort(keys.begin(), keys.end(), [](const PublicKey& a, const PublicKey& b) {
    return consensus::address_of(a) < consensus::address_of(b);
  });
  return keys;
}

/// Validators of the given powers, and who proposes at each height. Broken: the last one has one more power
/// than the expectation knows of.
class Turns {
 public:
  Turns(std::vector<Power> powers, bool broken) : keys_(ascending_keys(powers.size())) {
    std::vector<PowerChange> changes;
    for (std::size_t i = 0; i < powers.size(); ++i) {
      addresses_.push_back(consensus::address_of(keys_[i]));
      changes.push_back({keys_[i], powers[i] + (broken && i + 1 == powers.size() ? 1 : 0)});
    }
    set_ = ValidatorSet::genesis(changes).value();
  }
  /// The place, by key, of who proposes at the next height.
  std::size_t next() {
    const auto at = std::find(addresses_.begin(), addresses_.end(), set_->proposer());
    set_->advance();
    return static_cast<std::size_t>(at - addresses_.begin());
  }
  const ValidatorSet& set() const { return *set_; }

 private:
  std::vector<PublicKey> keys_;
  std::vector<Address> addresses_;
  std::optional<ValidatorSet> set_;
};

/// How many of the first heights differ from `letters`, repeated.
double differences(const std::vector<Power>& powers, const std::string& letters, std::size_t heights,
                   bool broken) {
  Turns turns(powers, broken);
  double wrong = 0;
  for (std::size_t h = 0; h < heights; ++h)
    wrong += turns.next() == static_cast<std::size_t>(letters[h % letters.size()] - 'A') ? 0 : 1;
  return wrong;
}

/// Largest distance, over `heights` heights, between the turns a validator had and its share of them.
double worst_deviation(const std::vector<Power>& powers, std::size_t heights, bool broken) {
  Turns turns(powers, broken);
  double total = 0;
  for (const Power p : powers) total += static_cast<double>(p);
  std::vector<double> had(powers.size());
  double worst = 0;
  for (std::size_t t = 1; t <= heights; ++t) {
    ++had[turns.next()];
    for (std::size_t i = 0; i < powers.size(); ++i) {
      const double due = static_cast<double>(t) * static_cast<double>(powers[i]) / total;
      worst = std::max(worst, std::abs(due - had[i]));
    }
  }
  return worst;
}

/// At how many of `heights` heights of a set with changing powers the proposer of some round up to 8 depends
/// on whether the earlier rounds were asked for. Broken: asked by moving the set on, which normalises anew at
/// every step, as a height does.
double round_skips(std::size_t heights, std::uint64_t seed, bool broken) {
  Turns turns({5, 3, 1, 900}, false);
  ValidatorSet set = turns.set();
  Rng rng(seed, ActorId{0}, Purpose::test, 23);
  constexpr std::int32_t rounds = 8;
  double wrong = 0;
  for (std::size_t h = 0; h < heights; ++h) {
    const auto& changed = set[rng.below(set.size())];
    // Powers of all magnitudes: after a fall, priorities lie far apart for the new total.
    Power power = 1;
    for (std::uint64_t digits = rng.below(7); digits > 0; --digits) power *= 10;
    const PowerChange change{changed.key, power + static_cast<Power>(rng.below(10))};
    SOUK_CHECK(set.update({&change, 1}).has_value());
    set.advance();
    ProposerOrder asked_all(set);
    ValidatorSet stepped = set;
    bool differs = false;
    for (std::int32_t round = 0; round <= rounds; ++round) {
      const std::uint32_t here = asked_all.at(round);
      const std::uint32_t there =
          broken ? *stepped.index_of(stepped.proposer()) : ProposerOrder(set).at(round);
      differs = differs || here != there;
      stepped.advance();
    }
    wrong += differs ? 1 : 0;
  }
  return wrong;
}

/// The largest absence under which `total` equal validators still decide, found by asking the vote rule.
std::int64_t absence_survived(std::int64_t total, bool broken) {
  std::int64_t absent = 0;
  // Broken: one absentee is counted as present.
  while (absent < total && has_quorum(total - absent - 1 + (broken ? 1 : 0), total)) ++absent;
  return absent;
}

/// P(fewer present than the rule needs) when each of `total` equal validators is away with probability q.
double halt_probability(std::int64_t total, double q, bool broken) {
  const std::int64_t survived = absence_survived(total, broken);
  double term = 1;  // binomial, from no absence up
  for (std::int64_t i = 0; i < total; ++i) term *= 1 - q;
  double alive = 0;
  for (std::int64_t k = 0; k <= survived; ++k) {
    alive += term;
    term *= static_cast<double>(total - k) / static_cast<double>(k + 1) * q / (1 - q);
  }
  return 1 - alive;
}

/// Heights that `validators` nodes decide in some minutes with the last `cut` of them cut off throughout.
Result<double> heights_decided(std::int64_t validators, std::int64_t cut, std::uint64_t seed) {
  const double power = (static_cast<double>(cut) + .01) / static_cast<double>(validators);
  std::string text = "name: cut\nduration: 3 min\nvalidators: " + std::to_string(validators) +
                     "\nchain: {block_time: 1 s}\nconsensus:\n  stake: " + std::to_string(validators * 1000) +
                     " AKT\n";
  if (cut > 0) text += "  partitions: {gone: {at: 0 s, lasts: 1 h, power: " + std::to_string(power) + "}}\n";
  const auto scenario = parse_scenario(text, "V22", {});
  if (!scenario) return Unexpected{scenario.error()};
  const auto result = run_scenario(*scenario, seed, {});
  if (!result) return Unexpected{result.error()};
  for (const Measurement& m : result->summary)
    if (m.metric == Metric::heights) return m.value;
  return fail("V22: nobody counted heights");
}

/// The same through nodes: they go on with the most that may be away, and stop with one more. Broken: one
/// more is away than is said.
Result<void> cut_rows(const CheckInput& in, std::vector<Row>& rows) {
  constexpr double some = 30;  // of 180 heights: a cut proposer costs its round a timeout
  for (const std::int64_t n : {4, 7, 10}) {
    const std::int64_t most = (n - 1) / 3;
    for (const std::int64_t cut : {most, most + 1}) {
      const auto heights = heights_decided(n, cut + (in.broken ? 1 : 0), in.seed);
      if (!heights) return Unexpected{heights.error()};
      rows.push_back(
          exact(std::to_string(n) + " nodes, " + std::to_string(cut) + " cut off: blocks are decided",
                cut <= most ? 1 : 0, *heights > some ? 1 : 0));
    }
  }
  return {};
}

Result<std::vector<Row>> quorum_check(const CheckInput& in) {
  const auto sizes = in.numbers("validators", 1, 10'000);
  if (!sizes) return Unexpected{sizes.error()};
  std::vector<Row> rows;
  for (double size : *sizes) {
    const auto n = static_cast<std::int64_t>(size);
    const std::string name = "n=" + std::to_string(n) + " ";
    rows.push_back(exact(name + "offline power survived", std::floor((size - 1) / 3),
                         static_cast<double>(absence_survived(n, in.broken))));
    rows.push_back(exact(name + "votes needed", std::floor(2 * size / 3) + 1,
                         static_cast<double>(n - absence_survived(n, in.broken))));
  }
  struct Published {
    std::int64_t n;
    double q, halts, digits;
  };
  for (const Published& row : {Published{10, .1, 1.280e-2, 5e-6},
                               {10, .2, .1209, 5e-5},
                               {10, .3, .3504, 5e-5},
                               {30, .1, 4.544e-4, 5e-8},
                               {30, .2, .06109, 5e-6},
                               {30, .3, .4112, 5e-5},
                               {100, .2, 7.369e-4, 5e-8},
                               {100, .3, .2207, 5e-5}}) {
    rows.push_back(
        exact("n=" + std::to_string(row.n) + " P(halt), each away with " + std::to_string(row.q).substr(0, 3),
              row.halts, halt_probability(row.n, row.q, in.broken), row.digits));
  }
  if (auto done = cut_rows(in, rows); !done) return Unexpected{done.error()};
  return rows;
}

Result<std::vector<Row>> proposer_check(const CheckInput& in) {
  const auto given = in.numbers("powers", 1, 1e9);
  if (!given) return Unexpected{given.error()};
  std::vector<Power> powers;
  Power total = 0;
  for (const double p : *given) {
    powers.push_back(static_cast<Power>(p));
    total += powers.back();
  }
  std::vector<Power> zipf;
  for (int rank = 1; rank <= 100; ++rank) zipf.push_back(std::llround(1e9 / rank));
  std::vector<Row> rows{
      exact("powers 1,3: heights that differ from BABB, of 400", 0,
            differences({1, 3}, "BABB", 400, in.broken)),
      exact("powers 1,2,3,4: differ from DCBDACDBCD, of 1,000", 0,
            differences({1, 2, 3, 4}, "DCBDACDBCD", 1000, in.broken)),
      exact("powers 1,2,3,4: largest deviation from the share", .60,
            worst_deviation({1, 2, 3, 4}, 1000, in.broken), 1e-9),
      exact("Zipf-100: largest deviation, 10,000 heights", .807, worst_deviation(zipf, 10'000, in.broken),
            5e-4),
      exact("rounds whose proposer depends on what was asked", 0, round_skips(2'000, in.seed, in.broken)),
  };
  // Exact counts over as many heights as there is power.
  Turns turns(powers, in.broken);
  std::vector<double> had(powers.size());
  constexpr std::int64_t cycles = 100, heights_max = 1'000'000;
  const bool whole = total * cycles <= heights_max;
  const std::int64_t heights = whole ? total * cycles : heights_max;
  for (std::int64_t t = 0; t < heights; ++t) ++had[turns.next()];
  const double times = static_cast<double>(heights) / static_cast<double>(total);
  for (std::size_t i = 0; i < powers.size(); ++i) {
    rows.push_back(exact("turns of the one with power " + std::to_string(powers[i]),
                         static_cast<double>(powers[i]) * times, had[i], whole ? 0 : 1));
  }
  return rows;
}

}  // namespace

std::vector<Check> consensus_checks() {
  return {{"V22",
           "Thresholds of Byzantine quorums",
           "the vote rule counts one absentee as present; one node more is cut off",
           0,
           {{"validators", "4,7,10,64,100", "numbers of validators of equal power"}},
           quorum_check},
          {"V23",
           "Proposers in proportion to stake",
           "the last validator has one more power; rounds normalise like heights",
           0,
           {{"powers", "1,2,3,4", "of validators whose turns are counted over 100 times their sum"}},
           proposer_check}};
}

}  // namespace souk::scenarios
