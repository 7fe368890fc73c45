#include "actors/chain/marketplace.hpp"

#include "actors/base/id_map.hpp"

// Looking up, ids, and the transaction frame.
namespace souk {

std::uint64_t Marketplace::hash_of_deployment(DeploymentNo no) const { return hash_of(id_of_deployment(no)); }
std::uint64_t Marketplace::hash_of_lease(LeaseNo no) const { return hash_of(id_of_bid(leases_[no].bid)); }

DeploymentNo Marketplace::find(const DeploymentId& id) const {
  return deployment_index_.find(hash_of(id), [&](DeploymentNo no) {
    return deployments_[no].dseq == id.dseq && bank().address(deployments_[no].owner) == id.owner;
  });
}

GroupNo Marketplace::find(const GroupId& id) const {
  const DeploymentNo deployment = find(id.deployment());
  if (deployment == no_row || id.gseq == 0 || id.gseq > deployments_[deployment].group_count) return no_row;
  return deployments_[deployment].first_group + id.gseq - 1;
}

OrderNo Marketplace::find(const OrderId& id) const {
  const GroupNo group = find(id.group());
  if (group == no_row) return no_row;
  OrderNo order = groups_[group].last_order;  // usually the one asked for
  while (order != no_row && orders_[order].oseq > id.oseq) order = orders_[order].previous;
  return order != no_row && orders_[order].oseq == id.oseq ? order : no_row;
}

BidNo Marketplace::find(const BidId& id) const {
  const OrderNo order = find(id.order());
  const AccountNo provider = order == no_row || id.bseq != 0 ? no_row : bank().find(id.provider);
  if (provider == no_row) return no_row;
  BidNo bid = orders_[order].first_bid;
  while (bid != no_row && bids_[bid].provider != provider) bid = bids_[bid].next;
  return bid;
}

LeaseNo Marketplace::add_lease(LeaseRow row, const LeaseId& id) {
  row.gseq = id.gseq;
  row.oseq = id.oseq;
  row.owner = bank().find(id.owner);
  row.provider = bids_[row.bid].provider;
  row.dseq = id.dseq;
  const LeaseNo lease = leases_.add(row);
  lease_index_.insert(hash_of(id), lease);
  return lease;
}

std::optional<LeaseNo> Marketplace::lease_of(const LeaseId& id) const {
  const LeaseNo lease = lease_index_.find(hash_of(id), [&](LeaseNo no) {
    const LeaseRow& row = leases_[no];
    return row.dseq == id.dseq && row.gseq == id.gseq && row.oseq == id.oseq && id.bseq == 0 &&
           bank().address(row.owner) == id.owner && bank().address(row.provider) == id.provider;
  });
  return lease == no_row ? std::nullopt : std::optional(lease);
}

DeploymentId Marketplace::id_of_deployment(DeploymentNo no) const {
  return {bank().address(deployments_[no].owner), deployments_[no].dseq};
}

GroupId Marketplace::id_of_group(GroupNo no) const {
  return group_id(id_of_deployment(groups_[no].deployment), groups_[no].gseq);
}

OrderId Marketplace::id_of_order(OrderNo no) const {
  return order_id(id_of_group(orders_[no].group), orders_[no].oseq);
}

BidId Marketplace::id_of_bid(BidNo no) const {
  return bid_id(id_of_order(bids_[no].order), bank().address(bids_[no].provider));
}

void Marketplace::begin() {
  escrow_.begin();
  providers_.begin();
  audits_.begin_tx();
  deployments_.begin();
  groups_.begin();
  specs_.begin();
  orders_.begin();
  bids_.begin();
  open_bids_.begin();
  leases_.begin();
  endings_.clear();
  panic_ = {};
}

void Marketplace::commit() {
  escrow_.commit();
  open_bids_.commit();
}

void Marketplace::rollback() {
  for (DeploymentNo no = deployments_.size(); no-- > deployments_.mark();)
    deployment_index_.erase(hash_of_deployment(no), no);
  for (LeaseNo no = leases_.size(); no-- > leases_.mark();) lease_index_.erase(hash_of_lease(no), no);
  leases_.rollback();
  open_bids_.rollback();
  bids_.rollback();
  orders_.rollback();
  specs_.rollback();
  groups_.rollback();
  deployments_.rollback();
  audits_.rollback();
  providers_.rollback();
  escrow_.rollback();
}

}  // namespace souk
