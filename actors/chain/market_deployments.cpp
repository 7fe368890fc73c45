#include <algorithm>

#include "actors/chain/marketplace.hpp"

// Deployments and groups: section 2.2.
namespace souk {

namespace {

std::optional<Duration> window_of(std::int64_t ns) {
  return ns == no_window ? std::nullopt : std::optional<Duration>(Duration(ns));
}

Verdict check_min_deposit(const std::vector<Coin>& minimums, Coin deposit) {
  const auto minimum = std::find_if(minimums.begin(), minimums.end(),
                                    [&](const Coin& coin) { return coin.denom == deposit.denom; });
  if (minimum == minimums.end())
    return refuse(DeploymentError::invalid_deposit, "denomination takes no deposit");
  if (deposit.amount < minimum->amount)
    return refuse(DeploymentError::invalid_deposit, "deposit is smaller than the minimum");
  return accepted();
}

}  // namespace

Verdict Marketplace::check_new_deployment(const MsgCreateDeployment& msg, const Execution& exec) const {
  const ChainParams& params = exec.params;
  if (find(msg.id) != no_row) return refuse(DeploymentError::exists, "deployment exists");
  SOUK_TRY(check_min_deposit(params.min_deposits, msg.deposit.amount));
  if (params.initial_deposit_refuses_uakt && msg.deposit.amount.denom == Denom::uakt)
    return refuse(DeploymentError::invalid_deposit, "uakt is no initial deposit; top up with it later");
  if (const auto& window = msg.reclamation_min_window) {
    if (*window < params.min_reclamation_window || *window > params.max_reclamation_window)
      return refuse(DeploymentError::invalid_reclamation, "min_window is outside the market's bounds");
  }
  for (const SharedGroupSpec& spec : msg.groups) {
    if (group_price(*spec).denom != params.price_denom)
      return refuse(DeploymentError::invalid_price,
                    "groups must be priced in the chain's price denomination");
  }
  return accepted();
}

Verdict Marketplace::create_deployment(const MsgCreateDeployment& msg, Execution& exec) {
  SOUK_TRY(check_new_deployment(msg, exec));
  const AccountNo owner = make_account(msg.id.owner);
  SOUK_TRY(escrow_.plan(owner, msg.deposit, EscrowScope::deployment, exec, parts_));
  SOUK_TRY(escrow_.check_payable(parts_, exec.block.time));

  DeploymentRow row;
  row.dseq = msg.id.dseq;
  row.created_at = exec.block.height;
  if (msg.reclamation_min_window) row.reclamation_min_window_ns = msg.reclamation_min_window->count();
  row.owner = owner;
  row.first_group = groups_.size();
  row.group_count = static_cast<std::uint32_t>(msg.groups.size());
  std::copy(msg.hash.begin(), msg.hash.end(), row.hash.begin());
  const DeploymentNo deployment = deployments_.add(row);
  deployment_index_.insert(hash_of_deployment(deployment), deployment);
  exec.events.push_back(EventDeploymentCreated{msg.id, row.hash});
  for (std::uint32_t i = 0; i < row.group_count; ++i) {
    const GroupNo group = groups_.add({deployment, i + 1, no_row, GroupState::open});
    specs_.add(msg.groups[i]);
    create_order(group, exec);
  }
  deployments_.edit(deployment).account =
      escrow_.open_account({EscrowScope::deployment, deployment, owner, row.dseq}, owner, parts_, exec);
  return accepted();
}

Verdict Marketplace::update_deployment(const MsgUpdateDeployment& msg, Execution& exec) {
  const DeploymentNo no = find(msg.id);
  if (no == no_row) return refuse(DeploymentError::not_found, "deployment not found");
  const DeploymentRow& row = deployments_[no];
  if (row.state != DeploymentState::active) return refuse(DeploymentError::closed, "deployment is closed");
  if (std::equal(msg.hash.begin(), msg.hash.end(), row.hash.begin(), row.hash.end()))
    return refuse(DeploymentError::invalid_hash, "hash is the current one");
  Hash& hash = deployments_.edit(no).hash;
  std::copy(msg.hash.begin(), msg.hash.end(), hash.begin());
  exec.events.push_back(EventDeploymentUpdated{msg.id, hash});
  return accepted();
}

Verdict Marketplace::close_deployment(const MsgCloseDeployment& msg, Execution& exec) {
  const DeploymentNo no = find(msg.id);
  if (no == no_row) return refuse(DeploymentError::not_found, "deployment not found");
  if (deployments_[no].state != DeploymentState::active)
    return refuse(DeploymentError::closed, "deployment is closed");
  const std::size_t from = endings_.size();
  SOUK_TRY(escrow_.close_account(deployments_[no].account, exec, endings_));
  follow_endings(from, exec);
  return panic_;
}

Verdict Marketplace::close_group(const MsgCloseGroup& msg, Execution& exec) {
  const GroupNo no = find(msg.id);
  if (no == no_row) return refuse(DeploymentError::group_not_found, "group not found");
  if (!next(group_transitions, groups_[no].state, GroupInput::close))
    return refuse(DeploymentError::group_closed, "group is closed");
  advance(groups_.edit(no).state, group_transitions, GroupInput::close);
  exec.events.push_back(EventGroupClosed{msg.id});
  on_group_closed(no, GroupState::closed, exec);
  return panic_;
}

Verdict Marketplace::pause_group(const MsgPauseGroup& msg, Execution& exec) {
  const GroupNo no = find(msg.id);
  if (no == no_row) return refuse(DeploymentError::group_not_found, "group not found");
  if (groups_[no].state == GroupState::closed)
    return refuse(DeploymentError::group_closed, "group is closed");
  if (groups_[no].state == GroupState::paused)
    return refuse(DeploymentError::group_paused, "group is paused");
  advance(groups_.edit(no).state, group_transitions, GroupInput::pause);
  exec.events.push_back(EventGroupPaused{msg.id});
  on_group_closed(no, GroupState::paused, exec);
  return panic_;
}

Verdict Marketplace::start_group(const MsgStartGroup& msg, Execution& exec) {
  const GroupNo no = find(msg.id);
  if (no == no_row) return refuse(DeploymentError::group_not_found, "group not found");
  if (groups_[no].state == GroupState::closed)
    return refuse(DeploymentError::group_closed, "group is closed");
  if (groups_[no].state == GroupState::open) return refuse(DeploymentError::group_open, "group is open");
  if (has_live_order(no)) return refuse(MarketError::order_active, "the group has an open or active order");
  advance(groups_.edit(no).state, group_transitions, GroupInput::start);
  exec.events.push_back(EventGroupStarted{msg.id});
  create_order(no, exec);
  return accepted();
}

bool Marketplace::has_live_order(GroupNo group) const {
  const OrderNo last = groups_[group].last_order;
  return last != no_row && orders_[last].state != OrderState::closed;
}

/// REQUIRES: !has_live_order(group). All earlier orders are closed, so the next oseq is one more than theirs.
void Marketplace::create_order(GroupNo group, Execution& exec) {
  OrderRow row;
  row.created_at = exec.block.height;
  row.group = group;
  row.previous = groups_[group].last_order;
  row.oseq = row.previous == no_row ? 1 : orders_[row.previous].oseq + 1;
  const OrderNo order = orders_.add(row);
  groups_.edit(group).last_order = order;
  const DeploymentRow& deployment = deployments_[groups_[group].deployment];
  exec.events.push_back(
      EventOrderCreated{id_of_order(order), specs_[group], window_of(deployment.reclamation_min_window_ns)});
}

Verdict Marketplace::account_deposit(const MsgAccountDeposit& msg, Execution& exec) {
  EscrowNo account = no_row;
  bool known = false;
  if (msg.id.scope == EscrowScope::deployment) {
    const DeploymentNo deployment = find(msg.id.xid.deployment());
    known = deployment != no_row;
    if (known) account = deployments_[deployment].account;
  } else {
    const BidNo bid = find(msg.id.xid);
    known = bid != no_row;
    if (known && bids_[bid].open_slot != no_row) account = open_bid(bid).account;
  }
  const AccountNo signer = make_account(msg.signer);
  SOUK_TRY(escrow_.plan(signer, msg.deposit, msg.id.scope, exec, parts_));
  if (!known) return refuse(EscrowError::account_not_found, "account not found");
  if (account == no_row || escrow_.account(account).state == EscrowState::closed)
    return refuse(EscrowError::account_closed, "account is closed");
  SOUK_TRY(escrow_.check_payable(parts_, exec.block.time));
  const std::size_t from = endings_.size();
  SOUK_TRY(escrow_.deposit(account, signer, parts_, exec, endings_));
  follow_endings(from, exec);
  return panic_;
}

}  // namespace souk
