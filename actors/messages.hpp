#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "actors/base/ids.hpp"
#include "actors/base/time.hpp"
#include "actors/chain/events.hpp"
#include "actors/chain/ledger.hpp"
#include "actors/chain/msgs.hpp"

namespace souk::consensus {
struct Envelope;  // actors/consensus/types.hpp
}

/// Everything that can happen to an actor: one closed variant, one sentence each.
namespace souk {

/// Names one timer of one actor. `kind` is the actor's own enum, `subject` what it is about (a slot, a
/// dseq). Setting a timer with the same id replaces the earlier one.
struct TimerId {
  std::uint32_t kind = 0;
  std::uint64_t subject = 0;
  friend constexpr auto operator<=>(const TimerId&, const TimerId&) = default;
};

/// The first event of every actor.
struct Started {};
/// A timer set earlier is due. It may be stale: the actor checks.
struct TimerFired {
  TimerId id;
};
/// For tests of hosts: answered by Pong with the same number.
struct Ping {
  ActorId from;
  std::uint64_t number = 0;
};
struct Pong {
  ActorId from;
  std::uint64_t number = 0;
};

/// A transaction reached a validator. `from` is told what became of it (TxDecided).
struct TxReceived {
  ActorId from;
  SharedTx tx;
};
/// The sender's transaction was applied in a block, or refused by the mempool (height 0).
struct TxDecided {
  std::uint64_t nonce = 0;
  Height height;
  Codespace codespace = Codespace::none;
  std::uint32_t code = 0;
  std::uint32_t failed_msg = 0;
};
/// A chain event the actor subscribed to, with the block it is from.
struct ChainNotice {
  Height height;
  Time block_time;
  ChainEvent event;
};

/// Tenant to provider: the manifest for a lease (PUT /deployment/{dseq}/manifest).
struct ManifestSent {
  ActorId from;
  LeaseId lease;
  Hash hash{};
};
/// Provider to tenant: accepted, or the HTTP status that refused it (422, 404, 500).
struct ManifestReply {
  LeaseId lease;
  std::uint32_t status = 200;
};
/// Provider to tenant: whether the workload of a lease is up (what a tenant's probe would see).
struct WorkloadStatus {
  LeaseId lease;
  bool available = false;
};

/// A transaction on its way between mempools. `from` is the validator it came by.
struct TxGossiped {
  ActorId from;
  SharedTx tx;
};
/// A validator's message to another: proposals, parts, votes, what it has, blocks to catch up with.
struct PeerMessage {
  ActorId from;
  std::shared_ptr<const consensus::Envelope> message;
};
/// Answers VerifySignatures: whether all of them are right.
struct SignaturesVerified {
  std::uint64_t ticket = 0;
  bool valid = false;
};
/// Answers MakeSignature.
struct SignatureMade {
  std::uint64_t ticket = 0;
  std::array<std::uint8_t, 64> signature{};
};
/// Where one node makes all blocks, whether the machine of a validator of the active set is up: what the
/// others would see in the next commit.
struct ValidatorUptime {
  Address validator;
  bool up = true;
};

/// What only validators are told.
using ValidatorEvent =
    std::variant<TxGossiped, PeerMessage, SignaturesVerified, SignatureMade, ValidatorUptime>;

struct Event : std::variant<Started, TimerFired, Ping, Pong, TxReceived, TxDecided, ChainNotice, ManifestSent,
                            ManifestReply, WorkloadStatus, ValidatorEvent> {
  using variant::variant;  // the rest in messages.cpp: see alternatives.hpp
  Event(const Event&);
  Event(Event&&) noexcept;
  Event& operator=(const Event&);
  Event& operator=(Event&&) noexcept;
  ~Event();
};
using SharedEvent = std::shared_ptr<const Event>;

}  // namespace souk
