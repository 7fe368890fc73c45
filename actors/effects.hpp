#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "actors/base/rng.hpp"
#include "actors/messages.hpp"

namespace souk::consensus {
struct Observation;  // actors/consensus/observation.hpp
}

/// Everything an actor can ask of its host, and what it is told with each event.
namespace souk {

/// A named audience. Chain events about an account go to that account's address; `orders` and `providers`
/// reach every subscriber.
using Topic = Address;
Topic topic_orders();     ///< EventOrderCreated
Topic topic_providers();  ///< EventProviderCreated / Updated, EventTrustedAuditorCreated / Deleted
Topic topic_leases();     ///< EventLeaseCreated: for providers that follow rents without bidding
Topic topic_chain();      ///< every chain event once: collectors, indexers, dashboards
Topic topic_staking();    ///< the active set, commissions, slashes, delegations
Topic topic_gov();        ///< proposals and their ends

/// Deliver `event` to actor `to`, over the network.
struct Send {
  ActorId to;
  Event event;
};
/// Deliver `event` to the actor that owns `to`, over the network; dropped with a Note if nobody does.
struct SendTo {
  Address to;
  Event event;
};
/// Deliver `event` to every subscriber of `topic`, over the network. Shared: one copy for all.
struct Publish {
  Topic topic;
  SharedEvent event;
};
/// Hand a transaction to the validator this actor is attached to.
struct SubmitTx {
  SharedTx tx;
};
/// Fire TimerFired{id} at `at` (at once if that is past). At most once per SetTimer.
struct SetTimer {
  TimerId id;
  Time at;
};
struct CancelTimer {
  TimerId id;
};
/// Append `record` to one of the actor's files. With `sync` it, and all that was appended to that file
/// before, is durable before any later effect of this batch is carried out; without, it may be lost in a
/// crash. With `fresh` it begins a new file in place of the old one, atomically.
struct Persist {
  enum class File : std::uint8_t {
    wal,    ///< write-ahead log: what was signed, received, timed out
    store,  ///< decided blocks
  };
  std::shared_ptr<const std::vector<std::uint8_t>> record;
  File file = File::wal;
  bool sync = true;
  bool fresh = false;
};
/// One signature to be checked.
struct SignatureCheck {
  std::array<std::uint8_t, 32> key{};
  std::shared_ptr<const std::vector<std::uint8_t>> bytes;
  std::array<std::uint8_t, 64> signature{};
};
/// Check all of `checks`; answered by SignaturesVerified with the same ticket, in any order among tickets.
struct VerifySignatures {
  std::uint64_t ticket = 0;
  std::shared_ptr<const std::vector<SignatureCheck>> checks;
};
/// Sign `bytes` with the actor's own key, which only the host has; answered by SignatureMade.
struct MakeSignature {
  std::uint64_t ticket = 0;
  std::shared_ptr<const std::vector<std::uint8_t>> bytes;
};
/// Something worth checking or counting happened inside an actor; for collectors, it changes nothing. Only
/// sent by actors that are configured to.
struct Observe {
  std::shared_ptr<const consensus::Observation> what;
};
/// A measurement or remark for collectors; it changes nothing. `metric` names are the actor's.
struct Note {
  enum class Metric : std::uint32_t;
  Metric metric{};
  std::uint64_t subject = 0;
  double value = 0;
};

struct Effect : std::variant<Send, SendTo, Publish, SubmitTx, SetTimer, CancelTimer, Persist, Note,
                             VerifySignatures, MakeSignature, Observe> {
  using variant::variant;  // the rest in effects.cpp: see alternatives.hpp
  Effect(const Effect&);
  Effect(Effect&&) noexcept;
  Effect& operator=(const Effect&);
  Effect& operator=(Effect&&) noexcept;
  ~Effect();
};
/// Reused by the host from event to event, so that the steady state allocates nothing.
using Effects = std::vector<Effect>;

/// What Notes measure. Units in the comments; amounts in USD are for statistics, never for the ledger.
enum class Note::Metric : std::uint32_t {
  undeliverable,        ///< 1: SendTo found nobody
  tenant_value_usd_h,   ///< what a deployment is worth to its tenant, USD per hour; subject = dseq
  unmet_order,          ///< 1: the tenant gave up on an order; subject = dseq
  chose_outside,        ///< 1: the tenant took the cloud instead; subject = dseq
  provider_cost_usd_h,  ///< true cost of serving a lease, USD per hour; subject = dseq
  tenant_churned,       ///< 1
  tenant_returned,      ///< 1
  provider_entered,     ///< 1
  provider_exited,      ///< 1
  node_failed,          ///< 1; subject = node
  node_repaired,        ///< 1; subject = node
  tenant_cloud_usd_h,   ///< what the cloud asks for a deployment, USD per hour; subject = dseq
  tenant_broke,         ///< 1: a wish dropped for want of money; subject = dseq, 0 if none was made
  tenant_moved,         ///< 1: a lease left for another provider; subject = dseq
  wash_cost_usd_h,      ///< measured cost of one self-leased hour, USD; subject = dseq
  wash_leased_h,        ///< hours of one finished self-lease; subject = dseq
  tenant_wanted_h,      ///< leased hours a deployment still wants when it is created; subject = dseq
  validator_down,       ///< 1: a validator's machine went down
  validator_up,         ///< 1: and came back
  validator_left,       ///< 1: a validator gave up for want of profit
  validator_joined,     ///< 1
  delegator_moved,      ///< uakt redelegated to a better yield
  delegator_yield,      ///< net annual yield it sees, fraction
  proposal_seen,        ///< 1: a voter considered a proposal; subject = proposal
  height_decided,       ///< rounds it took, from 0; subject = height
  blocks_signed,        ///< share of the validators in a commit, fraction; subject = height
};

/// What an actor knows besides its own state and the event.
struct Context {
  Time now;
  ActorId self;
  std::uint64_t seed = 0;
  bool antithetic = false;

  /// Random stream of this actor for `purpose`; `index` tells apart the things drawn for (the n-th order).
  /// The same arguments give the same stream at any time, in any host.
  Rng stream(Purpose purpose, std::uint64_t index = 0) const {
    const Rng rng(seed, self, purpose, index);
    return antithetic ? rng.antithetic() : rng;
  }
};

}  // namespace souk
