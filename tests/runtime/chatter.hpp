#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/consensus/observation.hpp"
#include "actors/effects.hpp"
#include "runtime/host.hpp"

namespace souk::runtime {

/// A test actor that uses everything a host offers, at random: sends to ids and to addresses (some of which
/// nobody owns), publishes with a shared payload, submits transactions, sets, replaces and cancels timers,
/// persists, notes, has things signed and signatures checked. Every draw comes from its streams, so the same
/// events bring the same effects.
struct Chatter {
  std::uint32_t actor_count = 0;  ///< how many chatters there are, ids 0 ..
  Duration pause = std::chrono::milliseconds(20);
  /// A planted bug: the actor says something else when it has drawn this often. 0: none.
  std::uint64_t lie_at_draw = 0;
  bool observe = false;  ///< tell collectors of each draw by Observe

  std::uint64_t draws = 0;
  std::uint64_t heard = 0;  ///< a digest of everything it was told
  std::uint64_t events = 0;
  std::uint64_t answers = 0;  ///< to its questions about signatures

  void on(const Event& event, const Context& context, Effects& out);

 private:
  void act(const Context& context, Effects& out);
  void speak(const Context& context, Rng& rng, Effects& out);
};

/// The address of chatter `i`, and one that nobody owns.
inline Address chatter_address(std::uint32_t i) {
  Address address;
  address.bytes[0] = 7;
  address.bytes[19] = static_cast<std::uint8_t>(i);
  return address;
}
inline Address unknown_address() {
  Address address;
  address.bytes[0] = 9;
  return address;
}
/// What all chatters publish under.
inline Topic chatter_topic() {
  Topic topic;
  topic.bytes[3] = 1;
  return topic;
}
inline std::string chatter_name(std::uint32_t i) { return "chatter-" + std::to_string(i); }

inline constexpr TimerId heartbeat{1, 0};

inline void mix(std::uint64_t& digest, std::uint64_t word) {
  digest = (digest ^ word) * 0x9fb2'1c65'1e98'df25u + 1;
}

inline SharedTx some_tx(const Context& context, std::uint64_t nonce) {
  Tx tx;
  tx.signer = chatter_address(context.self.value);
  tx.nonce = nonce;
  tx.msgs.push_back(MsgCloseDeployment{{tx.signer, nonce}});
  return std::make_shared<const Tx>(std::move(tx));
}

inline SharedEvent some_notice(const Context& context, std::uint64_t number) {
  auto spec = std::make_shared<GroupSpec>();
  spec->name = "group-" + std::to_string(number);
  EventOrderCreated created;
  created.id = {chatter_address(context.self.value), 1, number, 1};
  created.spec = std::move(spec);
  return std::make_shared<const Event>(
      ChainNotice{Height{static_cast<std::int64_t>(number)}, context.now, std::move(created)});
}

inline std::shared_ptr<const Bytes> some_bytes(std::uint64_t number) {
  return std::make_shared<const Bytes>(number % 7 + 1, static_cast<std::uint8_t>(number));
}

inline Persist some_record(std::uint64_t number) {
  return {some_bytes(number), number % 2 == 0 ? Persist::File::wal : Persist::File::store, number % 3 != 0,
          number % 16 == 0};
}

/// The seed of chatter `i`, which is its public key too (keyed hash).
inline std::array<std::uint8_t, 32> chatter_seed(std::uint32_t i) {
  return {static_cast<std::uint8_t>(i + 1), 0x5e, 0xed};
}

/// Of a signature of `i` on some bytes; `number` decides whether it is right.
inline VerifySignatures some_check(std::uint32_t i, std::uint64_t number) {
  const auto bytes = some_bytes(number);
  const auto signature = consensus::KeyedHash::sign(chatter_seed(i), *some_bytes(number + number % 3));
  return {number, std::make_shared<const std::vector<SignatureCheck>>(
                      1, SignatureCheck{chatter_seed(i), bytes, signature})};
}

inline void Chatter::on(const Event& event, const Context& context, Effects& out) {
  ++events;
  mix(heard, event.index());
  mix(heard, static_cast<std::uint64_t>(context.now.time_since_epoch().count()));
  if (std::holds_alternative<Started>(event)) {
    act(context, out);
  } else if (const auto* timer = std::get_if<TimerFired>(&event)) {
    mix(heard, timer->id.subject);
    if (timer->id == heartbeat) act(context, out);
  } else if (const auto* ping = std::get_if<Ping>(&event)) {
    mix(heard, ping->number);
    out.push_back(Send{ping->from, Pong{context.self, ping->number}});
  } else if (const auto* tx = std::get_if<TxReceived>(&event)) {
    mix(heard, tx->tx->nonce);
    out.push_back(Send{tx->from, TxDecided{.nonce = tx->tx->nonce, .height = Height{1}}});
  } else if (const auto* notice = std::get_if<ChainNotice>(&event)) {
    mix(heard, static_cast<std::uint64_t>(notice->height.value));
  } else if (const auto* answer = std::get_if<ValidatorEvent>(&event)) {
    ++answers;
    if (const auto* made = std::get_if<SignatureMade>(answer)) mix(heard, made->signature[0] + made->ticket);
    if (const auto* checked = std::get_if<SignaturesVerified>(answer)) mix(heard, checked->valid ? 1 : 2);
  }
}

inline void Chatter::act(const Context& context, Effects& out) {
  Rng rng = context.stream(Purpose::test, draws++);
  for (std::uint64_t n = 1 + rng.below(3); n > 0; --n) speak(context, rng, out);
  if (observe) {
    out.push_back(Observe{std::make_shared<const consensus::Observation>(
        consensus::Observation{consensus::Halted{std::to_string(draws)}})});
  }
  if (lie_at_draw != 0 && draws == lie_at_draw) out.push_back(CancelTimer{{99, 99}});
  out.push_back(SetTimer{heartbeat, context.now + pause / 2 + Duration(rng.below(pause.count()))});
}

inline void Chatter::speak(const Context& context, Rng& rng, Effects& out) {
  const auto other = static_cast<std::uint32_t>(rng.below(actor_count));
  switch (rng.below(11)) {
    case 0: out.push_back(Send{ActorId{other}, Ping{context.self, rng.next()}}); break;
    case 1: out.push_back(SendTo{chatter_address(other), Ping{context.self, rng.next()}}); break;
    case 2: out.push_back(SendTo{unknown_address(), Ping{context.self, 1}}); break;
    case 3: out.push_back(Publish{chatter_topic(), some_notice(context, draws)}); break;
    case 4: out.push_back(SubmitTx{some_tx(context, draws)}); break;
    case 5:
      out.push_back(SetTimer{{2, rng.below(3)}, context.now + Duration(rng.below(2 * pause.count()))});
      break;
    case 6: out.push_back(CancelTimer{{2, rng.below(3)}}); break;
    case 7: out.push_back(some_record(draws)); break;
    case 8: out.push_back(MakeSignature{draws, some_bytes(draws)}); break;
    case 9: out.push_back(some_check(other, draws)); break;
    default: out.push_back(Note{Note::Metric::tenant_churned, draws, 1}); break;
  }
}

/// Spawns `count` chatters in `host`, each attached to chatter 0 as its validator (but the last, which has
/// none) and subscribed to its two neighbours. Same calls on any host.
template <class Host>
void spawn_chatters(Host& host, std::uint32_t count, Chatter chatter = {}) {
  chatter.actor_count = count;
  for (std::uint32_t i = 0; i < count; ++i) {
    ActorOptions options{.address = chatter_address(i), .signing_seed = chatter_seed(i)};
    if (i + 1 != count) options.validator = ActorId{0};
    host.spawn(chatter_name(i), chatter, options);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    host.subscribe(ActorId{i}, ActorId{(i + 1) % count}, chatter_topic());
    host.subscribe(ActorId{i}, ActorId{(i + 2) % count}, chatter_topic());
  }
}

}  // namespace souk::runtime
