#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/base/ids.hpp"
#include "actors/base/result.hpp"
#include "actors/base/time.hpp"

/// What can go wrong in a simulated world, as a plan: a list of concrete faults in the order of time. A run
/// is a function of its seed and its plan, so a failing run is made small by taking faults out of the plan;
/// every fault draws from streams of its own, so that taking one out leaves the others as they were.
namespace souk::sim {

/// consensus-node.md section 5, "Our fault list", and four more at the end. The comment says what Fault::who
/// and Fault::amount mean; "links" are those of messages that `who` sends, all links if `who` is empty.
/// Appended to only: texts of plans name them.
enum class FaultFamily : std::uint8_t {
  // network: while the fault lasts
  loss,               ///< links; probability, millionths
  delay,              ///< links; mean of what is added to each delay, exponential, ns
  reorder,            ///< links; every second message is held back by up to this, ns
  duplicate,          ///< links; probability, millionths, that a message arrives again, up to 2 s later
  corrupt,            ///< links; probability, millionths, that one byte of a message is flipped
  partition,          ///< nothing passes between `who` and the others
  partition_one_way,  ///< nothing passes from `who` to the others
  majority_ring,      ///< of `who`, in this order, each reaches a majority, and no two the same one
  isolate,            ///< nothing passes to or from who[0]
  clog,               ///< links: what is sent arrives after the fault
  swizzle_clog,       ///< as clog, `who` one by one, and unclogged one by one in another order
  bandwidth_cap,      ///< links; bytes per second of each
  // process: of who[0], down for as long as the fault lasts. Where a crash strikes: `amount` effects into the
  // first batch of effects after `at` that persists, or at the end of it; -1: at `at`. Later than a second
  // after `at` it strikes at once. What was not synced is lost.
  crash,       ///< amount: effects carried out before it
  restart,     ///< stopped in good order: nothing is lost
  pause,       ///< it does nothing and sees nothing, then everything at once
  crash_all,   ///< all of `who`, at once
  crash_loop,  ///< amount: how often, at effects drawn for each; the time is shared among the crashes
  wipe,        ///< comes back with empty files
  upgrade,     ///< stopped in good order, comes back as another version; amount: which
  exhaustion,  ///< every write fails while it lasts: the process dies of the first, and of each it tries
               ///< after
  // disk: of who[0], which crashes as above and finds the damage when it comes back, but for write_rot,
  // misdirected_write and slow_disk, which strike the writes of a running process
  lost_writes,        ///< crash in a batch that leaves something unsynced; amount as for crash
  torn_write,         ///< crash that leaves some of the unsynced sectors; amount as for crash
  read_rot,           ///< amount: bits flipped in what is read
  write_rot,          ///< the next write is stored with `amount` bits flipped
  misdirected_write,  ///< the next write lies where something else was; amount: sectors back
  sync_error,         ///< the next sync fails: the process dies, what was not synced is gone
  slow_disk,          ///< mean time of a sync, exponential, ns
  wal_truncated,      ///< amount: bytes cut from the end of the write-ahead log
  rolled_back,        ///< both files are as they were `amount` ns before
  // clock: of who[0], while the fault lasts
  skew,    ///< ahead by `amount` ns, behind if negative
  drift,   ///< gains `amount` ns per second
  step,    ///< jumps by `amount` ns, and back when the fault ends
  strobe,  ///< ahead by `amount` ns and right again, in turns of a few ms
  // byzantine: of who[0], while the fault lasts; carried out by whoever runs the world
  double_vote,
  double_proposal,
  amnesia,
  silent_proposer,  ///< amount: ns it is late; 0: says nothing
  withheld_parts,   ///< amount: how many
  invalid_block,
  bad_timestamp,  ///< amount: ns its blocks are ahead of its clock
  future_flood,   ///< amount: messages per second
  duplicate_key,  ///< a second machine votes with the same key
  lying_sync,
  forged_chunk,
  lunatic_header,
  // membership: carried out by whoever runs the world
  join,
  leave,
  reweigh,     ///< amount: power, millionths of what it was
  rotate_key,  ///< amount: which key is next
  // byzantine, again
  false_polka,  ///< proposes again, with the valid round of a polka that never was
  out_of_turn,  ///< proposes when it is another's turn
  withheld_precommits,
  // application: who[0] takes other blocks for valid than the rest; carried out by whoever runs the world
  stricter,  ///< refuses blocks of more than `amount` transactions, from the begin of the run
};
inline constexpr std::size_t fault_family_count = 53;

enum class FaultGroup : std::uint8_t { network, process, disk, clock, byzantine, membership, application };
FaultGroup group_of(FaultFamily family);
/// "network.loss".
std::string name_of(FaultFamily family);

/// One thing that goes wrong.
struct Fault {
  Time at{};
  Duration lasts{};  ///< zero for what happens at one instant; downtime of a crash
  FaultFamily family{};
  std::vector<ActorId> who{};
  std::int64_t amount = 0;
  std::uint64_t draw = 0;  ///< names the fault's own random streams; unique in a plan
  Time until() const { return at + lasts; }
  friend bool operator==(const Fault&, const Fault&) = default;
};

/// One line: "+12.500s network.loss lasts 3s who 0,2 amount 200000 draw 17", times from `begin`.
std::string to_text(const Fault& fault, Time begin);

/// How a world goes wrong.
struct FaultPlan {
  std::uint64_t seed = 0;  ///< of everything drawn while faults are carried out
  Time begin{};            ///< of the run
  Time heal{};  ///< from here on nothing new goes wrong and everything but `not_healed` is repaired
  std::vector<ActorId> byzantine{};   ///< may lie at any time
  std::vector<ActorId> not_healed{};  ///< stay down after `heal`; with the byzantine less than a third
  std::vector<Fault> faults{};        ///< by time; equal times in the order in which they strike
  friend bool operator==(const FaultPlan&, const FaultPlan&) = default;
};

/// The whole plan as text, for people and for `parse_plan`: a line a fault.
std::string to_text(const FaultPlan& plan);
/// Errors: another format; a line that is none, with its number and why; faults out of order.
Result<FaultPlan> parse_plan(std::string_view text);

/// How often each family had its effect: messages lost, crashes struck, bits flipped in something read, ...
struct FaultCounts {
  std::array<std::uint64_t, fault_family_count> fired{};
  std::uint64_t& operator[](FaultFamily family) { return fired[static_cast<std::size_t>(family)]; }
  std::uint64_t operator[](FaultFamily family) const { return fired[static_cast<std::size_t>(family)]; }
  FaultCounts& operator+=(const FaultCounts& other);
  /// Families that fired at all.
  std::size_t families() const;
  friend bool operator==(const FaultCounts&, const FaultCounts&) = default;
};

/// A set of families.
struct FaultSet {
  std::uint64_t bits = (std::uint64_t{1} << fault_family_count) - 1;
  bool has(FaultFamily family) const { return (bits >> static_cast<unsigned>(family)) & 1u; }
  void set(FaultFamily family, bool on = true);
  static FaultSet none() { return {0}; }
  static FaultSet only(FaultGroup group);
};

/// What a plan is drawn for.
struct PlanKnobs {
  std::vector<ActorId> actors{};       ///< the validators
  std::vector<std::int64_t> powers{};  ///< theirs, > 0
  Time begin{};
  Duration quiet{std::chrono::seconds(5)};  ///< before anything goes wrong
  Duration chaos{std::chrono::minutes(5)};  ///< then, and nothing after it
  FaultSet allowed{};                       ///< families that may be switched on
  double switched_on = 0.5;                 ///< probability of each; 1: all that are allowed
  double intensity = 1;                     ///< multiplies how often
  /// Byzantine power stays below this share of the total, thousandths. 333: less than a third; 0: none.
  std::uint32_t byzantine_below = 333;
};

/// A plan, from the ranges of consensus-node.md section 5, "Draw per seed": first which families are on, then
/// their knobs, then when. Disk faults are already restricted (keep_recoverable).
/// REQUIRES: as many powers as actors, at least one.
FaultPlan draw_plan(std::uint64_t seed, const PlanKnobs& knobs);

/// The disk-fault atlas. Takes out of `plan` the faults that could destroy more than theory lets survive:
///  - what a node finds damaged (rotten, misdirected) must be whole on correct nodes of more than a
///    third of the power, or no quorum could show what was decided;
///  - a node that forgets without knowing (wiped, rolled back, truncated) may sign twice: with the byzantine,
///    less than a third of the power.
/// Nodes are taken in the order in which the plan first damages them. powers[i] is that of actors[i].
FaultPlan keep_recoverable(FaultPlan plan, std::span<const ActorId> actors,
                           std::span<const std::int64_t> powers);

}  // namespace souk::sim
