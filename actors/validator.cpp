#include "actors/validator.hpp"

#include <utility>
#include <variant>

#include "actors/base/check.hpp"
#include "actors/tx_codec.hpp"

namespace souk {

void Validator::on(const Event& event, const Context& context, Effects& out) {
  std::visit([&](const auto& e) { handle(e, context, out); }, event);
}

void Validator::handle(const ValidatorEvent& event, const Context& context, Effects& out) {
  std::visit([&](const auto& e) { handle(e, context, out); }, event);
}

void Validator::handle(const Ping& e, const Context& context, Effects& out) {
  out.push_back(Send{e.from, Pong{context.self, e.number}});
}

/// Takes a transaction into the mempool; tells those who had to make room for it.
Mempool::Refusal Validator::add_tx(ActorId from, const SharedTx& tx, Mempool::Source source,
                                   const Context& context, Effects& out) {
  Mempool::Entry entry{from, tx, source, {}, context.now, {}};
  if (core_) {
    if (used_.is_used(tx->signer, tx->nonce)) return Mempool::Refusal::seen;
    entry.next_height = core_->height();
    entry.encoded = std::make_shared<const Bytes>(encode_tx(*tx));
  }
  std::vector<Mempool::Entry> evicted;
  const auto refusal = mempool_.add(std::move(entry), &evicted);
  for (const Mempool::Entry& gone : evicted) refuse(gone, Mempool::Refusal::full, {&out});
  return refusal;
}

void Validator::handle(const TxReceived& e, const Context& context, Effects& out) {
  const auto refusal = add_tx(e.from, e.tx, Mempool::Source::client, context, out);
  if (refusal != Mempool::Refusal::none) return refuse({e.from, e.tx}, refusal, {&out});
  if (core_) return gossip(e.tx, context, out);
  schedule_block(context.now, out);
}

void Validator::tell(ActorId to, const Tx& tx, Height height, const TxResult& result, Sink sink) const {
  if (sink.out == nullptr || to == no_actor) return;
  sink.out->push_back(
      Send{to, TxDecided{tx.nonce, height, result.codespace, result.code, result.failed_msg}});
}

void Validator::refuse(const Mempool::Entry& entry, Mempool::Refusal refusal, Sink sink) const {
  TxResult result;
  result.codespace = Codespace::sdk;
  result.code = static_cast<std::uint32_t>(refusal);
  if (entry.source == Mempool::Source::client) tell(entry.from, *entry.tx, Height{}, result, sink);
}

}  // namespace souk
