#include "scenarios/coin_flows.hpp"

namespace souk::scenarios {

CoinFlows::CoinFlows(const Population& population) {
  for (const ProviderSeat& seat : population.providers) providers_.try_emplace(seat.address);
}

void CoinFlows::take(const EventTransfer& e, CoinTotals& totals) {
  const auto denom = static_cast<std::size_t>(e.amount.denom);
  const std::int64_t micro = e.amount.amount.micro;
  if (e.from == escrow_) return from_escrow(e, totals);
  if (e.to == fee_collector_) {
    if (e.from == minter_) return;  // new coins on their way to those who stake
    totals.fees[denom] += micro;
    if (providers_.contains(e.from)) totals.provider_fees[denom] += micro;
  } else if (e.to == escrow_) {
    const auto provider = providers_.find(e.from);
    if (provider == providers_.end()) {
      totals.deposited[denom] += micro;
    } else {
      totals.bid_deposits[denom] += micro;
      ++provider->second[{denom, micro}];
    }
  }
}

/// To a provider, escrow sends bid deposits back and pays for leases, and the event does not say which. An
/// amount equal to a deposit that escrow holds for this provider counts as that deposit: right in the long
/// run even where a payment happens to be equal.
void CoinFlows::from_escrow(const EventTransfer& e, CoinTotals& totals) {
  const auto denom = static_cast<std::size_t>(e.amount.denom);
  const std::int64_t micro = e.amount.amount.micro;
  if (e.to == distribution_) {
    totals.take[denom] += micro;
    return;
  }
  const auto provider = providers_.find(e.to);
  if (provider == providers_.end()) {
    totals.refunded[denom] += micro;
    return;
  }
  Deposits& held = provider->second;
  if (const auto deposit = held.find({denom, micro}); deposit != held.end()) {
    if (--deposit->second == 0) held.erase(deposit);
    totals.bid_refunds[denom] += micro;
  } else {
    totals.paid[denom] += micro;
    ++totals.withdrawals;
  }
}

}  // namespace souk::scenarios
