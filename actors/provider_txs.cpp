#include <chrono>
#include <utility>
#include <variant>

#include "actors/provider.hpp"

/// The provider's transactions: what each refusal leads to. A transaction holds messages of one kind.
namespace souk {
namespace {

constexpr Duration retry_pause = std::chrono::minutes(1);

// akash-chain.md sections 3.8 and 8.1.
constexpr std::uint32_t sdk_insufficient_funds = 5;
constexpr std::uint32_t market_invalid_deposit = 28;
constexpr std::uint32_t market_not_reclaimable = 35;
constexpr std::uint32_t market_already_reclaiming = 36;
constexpr std::uint32_t market_reclamation_not_started = 37;
constexpr std::uint32_t market_window_not_elapsed = 38;

bool refused_by_mempool(const TxDecided& e) { return e.code != 0 && e.height == Height{}; }

bool out_of_funds(const TxDecided& e) {
  return (e.codespace == Codespace::sdk && e.code == sdk_insufficient_funds) ||
         (e.codespace == Codespace::market && e.code == market_invalid_deposit);
}

}  // namespace

void Provider::submit(Msg msg, Effects& out) {
  std::vector<Msg> msgs;
  msgs.push_back(std::move(msg));
  submit_all(std::move(msgs), out);
}

void Provider::submit_all(std::vector<Msg> msgs, Effects& out) {
  auto tx =
      std::make_shared<const Tx>(Tx{config_->address, submitted_.next(), config_->fee, std::move(msgs)});
  submitted_.add(tx);
  out.push_back(SubmitTx{std::move(tx)});
}

void Provider::register_on_chain(Effects& out) {
  ProviderRecord record;
  record.owner = config_->address;
  record.host_uri = config_->host_uri;
  record.attributes = capabilities_.attributes();
  submit(MsgCreateProvider{std::move(record)}, out);
}

void Provider::handle(const TxDecided& e, const Context& context, Effects& out) {
  const auto sent = submitted_.take(e.nonce);
  if (!sent) return;
  const SharedTx& tx = *sent;
  const Msg& first = tx->msgs.front();
  if (const auto* bid = std::get_if<MsgCreateBid>(&first)) return decided_bid(*bid, e, context, out);
  if (std::holds_alternative<MsgWithdrawLease>(first)) return decided_withdraw(*tx, e, out);
  // What must not be lost is tried again until the chain itself has spoken.
  if (refused_by_mempool(e)) return retry_later(tx, context, out);
  if (const auto* close = std::get_if<MsgCloseBid>(&first)) return decided_close(*close, e, context, out);
  if (const auto* reclaim = std::get_if<MsgLeaseStartReclaim>(&first))
    decided_reclaim(*reclaim, e, context, out);
}

void Provider::decided_bid(const MsgCreateBid& msg, const TxDecided& e, const Context& context,
                           Effects& out) {
  const auto it = engagements_.find(msg.id.order());
  const bool waiting = it != engagements_.end() && it->second.phase == Phase::bidding;
  if (e.code == 0) {
    if (waiting) it->second.phase = Phase::bid_open;
    return;
  }
  ++counts_.bids_refused;
  if (out_of_funds(e)) broke_until_ = context.now + config_->bid.broke_pause;
  if (waiting) forget(it, context, out);
}

void Provider::decided_close(const MsgCloseBid& msg, const TxDecided& e, const Context& context,
                             Effects& out) {
  const auto it = engagements_.find(msg.id.order());
  if (it == engagements_.end()) return;
  if (it->second.phase == Phase::closing_bid) return forget(it, context, out);
  if (it->second.phase != Phase::closing_lease) return;
  Engagement& engagement = it->second;
  if (e.codespace == Codespace::market && e.code == market_reclamation_not_started) {
    engagement.reclaimable = true;
    end_lease(it, engagement.reason, out);
  } else if (e.codespace == Codespace::market && e.code == market_window_not_elapsed) {
    out.push_back(SetTimer{timer_id(Timer::reclaimed, engagement.serial), context.now + retry_pause});
  } else {
    tear_down(it, context, out);  // closed now, or by somebody else before
  }
}

void Provider::decided_reclaim(const MsgLeaseStartReclaim& msg, const TxDecided& e, const Context& context,
                               Effects& out) {
  const auto it = engagements_.find(msg.id.order());
  const bool ending = it != engagements_.end() && it->second.phase == Phase::closing_lease;
  if (e.code == 0 || !ending) return;  // EventLeaseReclaimStarted names the deadline
  if (e.codespace == Codespace::market && e.code == market_already_reclaiming) return;
  if (e.codespace != Codespace::market || e.code != market_not_reclaimable)
    return tear_down(it, context, out);
  it->second.reclaimable = false;
  end_lease(it, it->second.reason, out);
}

void Provider::decided_withdraw(const Tx& tx, const TxDecided& e, Effects& out) {
  if (e.code == 0 || e.codespace == Codespace::sdk) return;  // not one lease's fault: the next round will do
  std::vector<Msg> rest = tx.msgs;
  if (e.failed_msg >= rest.size()) return;
  rest.erase(rest.begin() + e.failed_msg);
  if (!rest.empty()) submit_all(std::move(rest), out);
}

void Provider::retry_later(SharedTx tx, const Context& context, Effects& out) {
  retries_.push_back(std::move(tx));
  out.push_back(SetTimer{timer_id(Timer::retry), context.now + retry_pause});
}

void Provider::retry_now(Effects& out) {
  const std::vector<SharedTx> again = std::exchange(retries_, {});
  for (const SharedTx& tx : again) submit_all(tx->msgs, out);
}

}  // namespace souk
