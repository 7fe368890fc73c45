#pragma once

#include <deque>

#include "actors/chain/ledger.hpp"
#include "actors/chain/marketplace.hpp"

// Private to the ledger's own .cpp files.
namespace souk {

/// Objects made for queries from the ledger's compact rows. A deque, so that pointers stay good while others
/// are made; emptied by the next deliver().
struct QueryScratch {
  std::deque<Deployment> deployments;
  std::deque<Group> groups;
  std::deque<Order> orders;
  std::deque<Bid> bids;
  std::deque<Lease> leases;
  std::deque<EscrowAccount> accounts;
  std::deque<EscrowPayment> payments;
  bool used = false;

  void clear() {
    if (used) *this = {};
  }
};

struct Ledger::State {
  State() = default;
  ChainParams params;
  BlockContext block;
  Marketplace market;
  mutable QueryScratch scratch;

  QueryScratch& answers() const {
    scratch.used = true;
    return scratch;
  }
};

}  // namespace souk
