#pragma once

#include <deque>

#include "actors/chain/ledger.hpp"
#include "actors/chain/marketplace.hpp"
#include "actors/chain/staking_economy.hpp"

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
    if (!used) return;
    const auto empty = [](auto&... made) { (made.clear(), ...); };  // they keep their first chunk
    empty(deployments, groups, orders, bids, leases, accounts, payments);
    used = false;
  }
};

/// Everything there is. Runs the messages that are inside other messages.
struct Ledger::State final : MsgRunner {
  State() = default;
  ChainParams params;
  BlockContext block;
  Marketplace market;
  StakingEconomy economy;
  bool economy_in_tx = false;  ///< economy.begin() was called in this transaction: markets need it seldom
  mutable QueryScratch scratch;

  StakingEconomy::Frame frame(Execution& exec) { return {params, market.bank(), *this, exec}; }
  void begin() {
    market.begin();
    economy_in_tx = false;
  }
  void begin_economy() {
    if (!economy_in_tx) economy.begin();
    economy_in_tx = true;
  }
  void commit();
  void rollback();
  Verdict run(const Msg& msg, Execution& exec) override;
  Verdict run_all(const MsgList& msgs, Execution& exec, std::size_t& failed) override;

  QueryScratch& answers() const {
    scratch.used = true;
    return scratch;
  }
};

}  // namespace souk
