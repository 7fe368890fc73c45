#include <algorithm>
#include <cmath>
#include <string>

#include "actors/base/hash.hpp"
#include "actors/base/rng.hpp"
#include "scenarios/swarm/plan.hpp"

// The chain that a cluster begins with, and what is sent to it.
namespace souk::scenarios::swarm {
namespace {

constexpr std::int64_t purse = 1'000'000'000'000;  ///< of a client, uakt
constexpr std::int64_t unit = 1'000'000;           ///< uakt of one power
constexpr std::uint64_t numbers_per_client = 1'000'000;

Address account(const std::string& name) {
  const Hash hash = sha256("souk/swarm/" + name);
  Address address;
  std::copy_n(hash.begin(), address.bytes.size(), address.bytes.begin());
  return address;
}

Coin uakt(std::int64_t micro) { return {Denom::uakt, {micro}}; }

MsgCreateValidator create_validator(std::uint32_t node, const consensus::PublicKey& key, std::int64_t power) {
  MsgCreateValidator msg;
  msg.moniker = "val-" + std::to_string(node);
  msg.commission = {Dec::from_raw(Dec::scale / 20), Dec::from_raw(Dec::scale / 5),
                    Dec::from_raw(Dec::scale / 100)};
  msg.validator = operator_of(node);
  msg.key = key;
  msg.value = uakt(power * unit);
  return msg;
}

SharedTx tx_of(std::uint64_t number, std::int64_t fee, Msg msg) {
  Tx tx;
  tx.signer = signer_of(msg);
  tx.nonce = number;
  tx.fee = uakt(fee);
  tx.msgs.push_back(std::move(msg));
  return std::make_shared<const Tx>(std::move(tx));
}

/// A small market of each client with itself: its deployments, its provider.
class Market {
 public:
  explicit Market(Address owner) : owner_(owner) {}

  /// The next step that makes sense if all before went through.
  Msg next(Rng& rng) {
    if (!registered_) {
      registered_ = true;
      return MsgCreateProvider{{owner_, "https://provider.example:8443", {}, "", ""}};
    }
    if (!open_) {
      open_ = true;
      bid_ = leased_ = false;
      return create();
    }
    const BidId bid = bid_id({owner_, 1, dseq_, 1}, owner_);
    if (!bid_) return bid_ = true, Msg(MsgCreateBid{bid, {Denom::uakt, Dec::from_int(7)}, deposit(), {}, {}});
    if (!leased_) return leased_ = true, Msg(MsgCreateLease{bid});
    if (rng.uniform() < 0.6) return MsgWithdrawLease{bid};
    open_ = false;
    return MsgCloseDeployment{{owner_, dseq_}};
  }

 private:
  static Deposit deposit() { return {uakt(500'000), {DepositSource::balance}}; }
  Msg create() {
    ResourceUnit unit_of;
    unit_of.resource.id = 1;
    unit_of.resource.cpu_milli = 500;
    unit_of.resource.memory_bytes = std::uint64_t{512} << 20;
    unit_of.resource.storage = {{"default", std::uint64_t{1} << 30, {}}};
    unit_of.count = 1;
    unit_of.price = {Denom::uakt, Dec::from_int(1'000)};
    MsgCreateDeployment msg;
    msg.id = {owner_, ++dseq_};
    msg.groups.push_back(std::make_shared<const GroupSpec>(GroupSpec{"group", {}, {unit_of}}));
    msg.hash.assign(32, 7);
    msg.deposit = deposit();
    return msg;
  }

  Address owner_;
  std::uint64_t dseq_ = 0;
  bool registered_ = false, open_ = false, bid_ = false, leased_ = false;
};

/// Staking of a client with the validators of genesis.
Msg stake(const Knobs& knobs, std::uint32_t client, Rng& rng) {
  const auto any = [&] { return operator_of(static_cast<std::uint32_t>(rng.below(knobs.powers.size()))); };
  const Address self = client_account(client);
  // Well below one power each, so that who holds a third is decided by the plan and not by clients.
  const Coin some = uakt(1'000 + static_cast<std::int64_t>(rng.below(50'000)));
  switch (rng.below(4)) {
    case 0: return StakeMsg(MsgUndelegate{self, any(), some});
    case 1: return StakeMsg(MsgBeginRedelegate{self, any(), any(), some});
    case 2: return StakeMsg(MsgWithdrawDelegatorReward{self, any()});
    default: return StakeMsg(MsgDelegate{self, any(), some});
  }
}

}  // namespace

SigningSeed signing_seed_of(std::uint32_t node) { return sha256("souk/swarm/node/" + std::to_string(node)); }
Address operator_of(std::uint32_t node) { return account("operator/" + std::to_string(node)); }
Address client_account(std::uint32_t client) { return account("client/" + std::to_string(client)); }
Address treasury() { return account("treasury"); }

Genesis genesis_of(const Knobs& knobs, const std::vector<consensus::PublicKey>& keys) {
  Genesis genesis;
  genesis.time = genesis_time;
  ChainParams& params = genesis.params;
  params.price_denom = Denom::uakt;
  params.initial_deposit_refuses_uakt = false;
  params.stake.mint_enabled = true;
  params.stake.reward_events = false;
  // Nobody is jailed for being cut off: which powers sign is the plan's to say.
  params.stake.slashing.signed_blocks_window = 100'000;
  const auto validators = static_cast<std::uint32_t>(knobs.powers.size());
  for (std::uint32_t i = 0; i < validators + knobs.spare_count; ++i)
    genesis.balances.push_back({operator_of(i), {uakt(purse)}});
  for (std::uint32_t i = 0; i < knobs.client_count; ++i)
    genesis.balances.push_back({client_account(i), {uakt(purse)}});
  genesis.balances.push_back({treasury(), {uakt(100 * purse)}});
  for (std::uint32_t i = 0; i < validators; ++i)
    genesis.validators.push_back({create_validator(i, keys.at(i), knobs.powers[i])});
  return genesis;
}

Errands errands_of(const Plan& plan, std::uint32_t client) {
  Rng rng(plan.seed, {client}, Purpose::request, 0);
  Market market(client_account(client));
  std::vector<Errand> errands;
  std::uint64_t number = numbers_per_client * (client + 1);
  Time at = genesis_time + std::chrono::seconds(1);
  const double gap = seconds(plan.knobs.tx_gap);
  while (true) {
    at += Duration(static_cast<std::int64_t>(-std::log(rng.uniform()) * gap * 1e9));
    if (at >= plan.phases.end) break;
    const double kind = rng.uniform();
    Msg msg;
    if (kind < 0.5) {
      const auto to = static_cast<std::uint32_t>(rng.below(plan.knobs.client_count));
      msg = MsgSend{client_account(client),
                    client_account(to),
                    {uakt(1 + static_cast<std::int64_t>(rng.below(1'000)))}};
    } else if (kind < 0.7) {
      msg = stake(plan.knobs, client, rng);
    } else {
      msg = market.next(rng);
    }
    errands.push_back(
        {at, tx_of(number++, 500 + static_cast<std::int64_t>(rng.below(5'000)), std::move(msg))});
  }
  return std::make_shared<const std::vector<Errand>>(std::move(errands));
}

SharedTx join_tx(std::uint32_t node, const consensus::PublicKey& key, std::int64_t power,
                 std::uint64_t number) {
  return tx_of(number, 5'000, StakeMsg(create_validator(node, key, power)));
}
SharedTx delegate_tx(std::uint32_t node, std::int64_t power, std::uint64_t number) {
  return tx_of(number, 5'000, StakeMsg(MsgDelegate{treasury(), operator_of(node), uakt(power * unit)}));
}
SharedTx undelegate_tx(std::uint32_t node, std::int64_t power, std::uint64_t number) {
  const Address self = operator_of(node);
  return tx_of(number, 5'000, StakeMsg(MsgUndelegate{self, self, uakt(power * unit)}));
}

}  // namespace souk::scenarios::swarm
