#include "scenarios/alpha_replay.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include "actors/base/hash.hpp"
#include "actors/chain/ledger.hpp"
#include "sim/stats.hpp"

namespace souk::scenarios {
namespace {

/// Alpha billed tenants' accounts; there was no escrow to run dry. So each deployment is given more than any
/// lease of the files can cost: 4.2 M blocks at 149 uakt are 621 AKT.
constexpr Amount deployment_deposit{100'000'000'000};
constexpr Amount bid_deposit{1};
constexpr std::size_t refused_shown_max = 20;
constexpr Duration block_time = std::chrono::seconds(5);

/// The first 20 of the 32 recorded bytes: the files name accounts by 32-byte keys.
Address address_of(const std::string& hex) {
  Address address;
  for (std::size_t i = 0; i < address.bytes.size(); ++i)
    address.bytes[i] = static_cast<std::uint8_t>(std::stoul(hex.substr(2 * i, 2), nullptr, 16));
  return address;
}

/// The files do not say what was asked for, nor the highest price: the smallest group Akash takes, at the
/// highest price it takes.
SharedGroupSpec any_group() {
  GroupSpec spec;
  spec.name = "alpha";
  ResourceUnit unit;
  unit.resource.id = 1;
  unit.resource.cpu_milli = 10;
  unit.resource.memory_bytes = 1 << 20;
  unit.resource.storage = {{"default", 5 << 20, {}}};
  unit.count = 1;
  unit.price = {Denom::uakt, Dec::from_int(10'000'000)};
  spec.resources.push_back(unit);
  return std::make_shared<const GroupSpec>(spec);
}

/// What happens to an order: it is created, its predecessor ended if there is one; or its bidding ends.
struct Step {
  std::int64_t height = 0;
  bool bidding_ends = false;
  std::size_t order = 0;  ///< index into AlphaTestnet::orders
  friend bool operator<(const Step& a, const Step& b) {
    return std::tie(a.height, a.bidding_ends, a.order) < std::tie(b.height, b.bidding_ends, b.order);
  }
};

class Replay {
 public:
  Replay(const AlphaTestnet& testnet, std::int64_t bidding_blocks)
      : testnet_(testnet), ledger_(era_alpha_2019(), genesis(testnet)), group_(any_group()) {
    for (std::size_t i = 0; i < testnet.bids.size(); ++i) {
      const AlphaBid& bid = testnet.bids[i];
      bids_[{bid.deployment_index, bid.gseq, bid.oseq}].push_back(i);
    }
    for (std::size_t i = 0; i < testnet.orders.size(); ++i) {
      const AlphaOrder& order = testnet.orders[i];
      const std::int64_t created = std::max<std::int64_t>(order.end_at_height - bidding_blocks, 1);
      steps_.push_back({created, false, i});
      steps_.push_back({std::max(order.end_at_height, created), true, i});
      auto& orders = orders_of_[{order.deployment_index, order.gseq}];
      orders.push_back(i);
      oseq_.push_back(static_cast<std::uint32_t>(orders.size()));
    }
    std::sort(steps_.begin(), steps_.end());
  }

  AlphaReport run() {
    register_providers();
    for (const Step& step : steps_) {
      begin_block(step.height);
      step.bidding_ends ? take_bids(step.order) : create_order(step.order);
    }
    compare();
    report_.state_hash = ledger_.state_hash();
    close_as_recorded();
    if (const auto holds = ledger_.check_invariants(); !holds)
      report_.broken_invariant = holds.error().message;
    return std::move(report_);
  }

 private:
  using OrderKey = std::tuple<std::int64_t, std::uint32_t, std::uint32_t>;

  static std::vector<GenesisBalance> genesis(const AlphaTestnet& testnet) {
    std::set<std::string> tenants;
    for (const AlphaOrder& order : testnet.orders) tenants.insert(order.deployment);
    std::map<std::string, std::int64_t> deposits;
    for (const AlphaBid& bid : testnet.bids) deposits[bid.provider] += bid_deposit.micro;
    std::vector<GenesisBalance> balances;
    for (const std::string& tenant : tenants)
      balances.push_back({address_of(tenant), {{Denom::uakt, deployment_deposit}}});
    for (const auto& [provider, deposit] : deposits)
      balances.push_back({address_of(provider), {{Denom::uakt, {deposit}}}});
    return balances;
  }

  void begin_block(std::int64_t height) {
    if (height <= height_) return;
    height_ = height;
    ledger_.begin_block({Height{height}, Time(block_time * height)});
  }

  /// One message, one transaction, signed by whom it must be. Returns whether the ledger took it.
  bool deliver(Msg msg) {
    Tx tx;
    tx.signer = signer_of(msg);
    tx.msgs.push_back(std::move(msg));
    events_.clear();
    const TxResult result = ledger_.deliver(tx, events_);
    ++report_.tx_count;
    if (result.ok()) return true;
    ++report_.refused_count;
    if (report_.refused.size() < refused_shown_max)
      report_.refused.push_back(fmt::format("height {}: {}", height_, result.log));
    return false;
  }

  void register_providers() {
    begin_block(1);
    std::set<std::string> providers;
    for (const AlphaBid& bid : testnet_.bids) providers.insert(bid.provider);
    for (const std::string& provider : providers) {
      ProviderRecord record;
      record.owner = address_of(provider);
      record.host_uri = "https://" + provider.substr(0, 16) + ".invalid:8443";
      deliver(MsgCreateProvider{record});
    }
    report_.provider_count = providers.size();
  }

  GroupId group_of(const AlphaOrder& order) const {
    // dseq 0 is not allowed, indices count from 0.
    return {address_of(order.deployment), order.gseq, static_cast<std::uint64_t>(order.deployment_index) + 1};
  }
  /// Recorded order numbers start at 2; the ledger's at 1 and grow by 1, as the recorded ones do.
  OrderId id_of(std::size_t index) const { return order_id(group_of(testnet_.orders[index]), oseq_[index]); }

  /// The first order comes with its deployment. A later one comes when its predecessor ends: with its lease,
  /// whose tenant then gets a new order from the ledger, or, never leased, by restarting the group.
  void create_order(std::size_t index) {
    const AlphaOrder& order = testnet_.orders[index];
    const GroupId group = group_of(order);
    if (oseq_[index] == 1) {
      const Hash hash = sha256(order.deployment);
      deliver(MsgCreateDeployment{group.deployment(),
                                  {group_},
                                  {hash.begin(), hash.end()},
                                  {{Denom::uakt, deployment_deposit}, {DepositSource::balance}},
                                  {}});
      return;
    }
    const auto lease = leases_.find(order_id(group, oseq_[index] - 1));
    if (lease != leases_.end()) {
      deliver(MsgCloseLease{lease->second, LeaseClosedReason::owner});
    } else {
      deliver(MsgPauseGroup{group});
      deliver(MsgStartGroup{group});
    }
  }

  const std::vector<std::size_t>& bids_of(const AlphaOrder& order) const {
    static const std::vector<std::size_t> none;
    const auto found = bids_.find({order.deployment_index, order.gseq, order.oseq});
    return found == bids_.end() ? none : found->second;
  }

  void take_bids(std::size_t index) {
    const OrderId id = id_of(index);
    const AlphaBid* lowest = nullptr;
    const auto rank = [](const AlphaBid& bid) {
      return std::tie(bid.price_uakt_per_block, bid.provider_index);
    };
    for (std::size_t i : bids_of(testnet_.orders[index])) {
      const AlphaBid& bid = testnet_.bids[i];
      MsgCreateBid msg;
      msg.id = bid_id(id, address_of(bid.provider));
      msg.price = {Denom::uakt, Dec::from_int(bid.price_uakt_per_block)};
      msg.deposit = {{Denom::uakt, bid_deposit}, {DepositSource::balance}};
      if (!deliver(msg)) continue;
      if (lowest == nullptr || rank(bid) < rank(*lowest)) lowest = &bid;
    }
    if (lowest == nullptr) return;
    const LeaseId lease = bid_id(id, address_of(lowest->provider));
    if (deliver(MsgCreateLease{lease})) {
      leases_.emplace(id, lease);
      winners_.emplace(index, lowest);
    }
  }

  OrderState state_of(std::size_t index) const {
    const Order* order = ledger_.order(id_of(index));
    return order == nullptr ? OrderState::invalid : order->state;
  }

  static bool agree(AlphaState recorded, OrderState replayed) {
    switch (recorded) {
      case AlphaState::open: return replayed == OrderState::open;
      case AlphaState::matched: return replayed == OrderState::active;
      case AlphaState::closed: return replayed == OrderState::closed;
    }
    return false;
  }

  AlphaClass classify(const AlphaOrderOutcome& outcome, std::size_t index) const {
    if (agree(outcome.order.state, outcome.replayed)) return AlphaClass::same;
    const auto& orders = orders_of_.at({outcome.order.deployment_index, outcome.order.gseq});
    if (outcome.order.state == AlphaState::closed && orders.back() == index) {
      if (outcome.replayed == OrderState::active) return AlphaClass::closed_leased;
      if (outcome.replayed == OrderState::open && outcome.bid_count == 0) return AlphaClass::closed_unleased;
    }
    return AlphaClass::unexplained;
  }

  void compare() {
    for (std::size_t i = 0; i < testnet_.orders.size(); ++i) {
      AlphaOrderOutcome outcome;
      outcome.order = testnet_.orders[i];
      outcome.bid_count = bids_of(outcome.order).size();
      if (const auto winner = winners_.find(i); winner != winners_.end()) {
        outcome.low_price_uakt_per_block = winner->second->price_uakt_per_block;
        outcome.winner_index = winner->second->provider_index;
        ++report_.wins[winner->second->provider_index];
      }
      outcome.replayed = state_of(i);
      outcome.difference = classify(outcome, i);
      ++report_.classes[static_cast<std::size_t>(outcome.difference)];
      if (outcome.replayed != OrderState::invalid)
        ++report_.order_states[static_cast<std::size_t>(outcome.order.state)]
                              [static_cast<std::size_t>(outcome.replayed) - 1];
      report_.orders.push_back(std::move(outcome));
    }
    compare_bids();
    summarise();
  }

  void compare_bids() {
    for (std::size_t i = 0; i < testnet_.orders.size(); ++i) {
      for (std::size_t b : bids_of(testnet_.orders[i])) {
        const AlphaBid& recorded = testnet_.bids[b];
        const Bid* bid = ledger_.bid(bid_id(id_of(i), address_of(recorded.provider)));
        if (bid == nullptr) continue;  // refused, and counted as such
        const std::size_t row = recorded.state == AlphaState::closed ? 1 : 0;
        ++report_.bid_states[row][static_cast<std::size_t>(bid->state) - 1];
      }
    }
  }

  void summarise() {
    std::map<std::size_t, std::pair<std::size_t, std::int64_t>> lows;  // bidders to orders and sum of prices
    for (const AlphaOrderOutcome& outcome : report_.orders) {
      if (!outcome.low_price_uakt_per_block) continue;
      auto& [orders, sum] = lows[outcome.bid_count];
      ++orders;
      sum += *outcome.low_price_uakt_per_block;
    }
    for (const auto& [bidders, figures] : lows)
      report_.prices.push_back(
          {bidders, figures.first, static_cast<double>(figures.second) / static_cast<double>(figures.first)});
    std::vector<double> wins;
    for (const auto& [provider, count] : report_.wins) wins.push_back(static_cast<double>(count));
    report_.hhi_of_wins = sim::hhi_points(wins);
    report_.bid_count = testnet_.bids.size();
    report_.orders_with_bids = bids_.size();
    report_.lease_count = leases_.size();
  }

  /// Closes each deployment whose last order is recorded CLOSED, and counts what then still differs.
  void close_as_recorded() {
    begin_block(height_ + 1);
    for (const auto& [group, orders] : orders_of_) {
      const AlphaOrder& last = testnet_.orders[orders.back()];
      if (last.state == AlphaState::closed) deliver(MsgCloseDeployment{group_of(last).deployment()});
    }
    for (std::size_t i = 0; i < testnet_.orders.size(); ++i)
      report_.differing_after_closing += !agree(testnet_.orders[i].state, state_of(i));
  }

  const AlphaTestnet& testnet_;
  Ledger ledger_;
  SharedGroupSpec group_;
  std::map<OrderKey, std::vector<std::size_t>> bids_;
  std::map<std::pair<std::int64_t, std::uint32_t>, std::vector<std::size_t>> orders_of_;  ///< by group
  std::vector<std::uint32_t> oseq_;  ///< in the ledger, by order
  std::vector<Step> steps_;
  std::map<OrderId, LeaseId> leases_;
  std::map<std::size_t, const AlphaBid*> winners_;  ///< by order
  std::vector<ChainEvent> events_;
  std::int64_t height_ = 0;
  AlphaReport report_;
};

}  // namespace

ChainParams era_alpha_2019() {
  ChainParams params;
  params.price_denom = Denom::uakt;
  params.min_deposits = {{Denom::uakt, {1}}};
  params.bid_min_deposits = {{Denom::uakt, {1}}};
  params.initial_deposit_refuses_uakt = false;
  params.take_enabled = false;
  params.send_disabled.clear();
  return params;
}

std::string_view alpha_class_name(AlphaClass difference) {
  switch (difference) {
    case AlphaClass::same: return "same";
    case AlphaClass::closed_leased: return "closed_leased";
    case AlphaClass::closed_unleased: return "closed_unleased";
    case AlphaClass::unexplained: return "unexplained";
  }
  return "";
}

std::string_view alpha_class_reason(AlphaClass difference) {
  switch (difference) {
    case AlphaClass::same: return "recorded and replayed state agree";
    case AlphaClass::closed_leased:
      return "last order of its deployment, leased: the files have no transaction that closes a deployment, "
             "so its lease goes on";
    case AlphaClass::closed_unleased:
      return "last order of its deployment, no bid: the files have no transaction that closes a deployment, "
             "and orders no longer expire";
    case AlphaClass::unexplained: return "no known reason";
  }
  return "";
}

bool AlphaReport::holds() const {
  return refused_count == 0 && classes[static_cast<std::size_t>(AlphaClass::unexplained)] == 0 &&
         differing_after_closing == 0 && broken_invariant.empty();
}

AlphaReport replay_alpha_testnet(const AlphaTestnet& testnet, std::int64_t bidding_blocks) {
  return Replay(testnet, bidding_blocks).run();
}

}  // namespace souk::scenarios
