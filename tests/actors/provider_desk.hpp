#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "actors/provider.hpp"
#include "tests/actors/orders.hpp"

/// A provider at its desk, for tests.
namespace souk::test {

inline const Address self = account(1);
inline const Address rival = account(2);
inline constexpr ActorId tenant{7};
inline constexpr Time start{std::chrono::hours(1000)};

inline ProviderConfig small_cluster() {
  ProviderConfig config;
  config.address = self;
  config.attributes = {{"region", "eu-west"}};
  config.cluster.nodes = {{8000, 32 * gib, 1000 * gib, {{{"nvidia", "a100", "80Gi", "sxm"}, 8}}, {}}};
  config.pricing = PostedPricing{};
  return config;
}

/// One provider and its desk: puts events in, sorts what comes out.
struct Desk {
  Provider provider;
  Time now = start;
  Effects out;

  explicit Desk(ProviderConfig config = small_cluster()) : provider(std::move(config)) { put(Started{}); }

  void put(const Event& event) {
    out.clear();
    provider.on(event, Context{now, ActorId{1}, 42, false}, out);
  }
  void notice(const ChainEvent& event) { put(ChainNotice{Height{1}, now, event}); }
  void fire(std::uint32_t kind, std::uint64_t subject = 0) { put(TimerFired{{kind, subject}}); }

  template <class E>
  std::vector<E> all() const {
    std::vector<E> found;
    for (const Effect& effect : out) {
      if (const E* e = std::get_if<E>(&effect)) found.push_back(*e);
    }
    return found;
  }
  /// Messages of type M in all submitted transactions.
  template <class M>
  std::vector<M> msgs() const {
    std::vector<M> found;
    for (const SubmitTx& submit : all<SubmitTx>()) {
      for (const Msg& msg : submit.tx->msgs) {
        if (const M* m = std::get_if<M>(&msg)) found.push_back(*m);
      }
    }
    return found;
  }
  template <class E>
  std::vector<E> sent(ActorId to) const {
    std::vector<E> found;
    for (const Send& send : all<Send>()) {
      if (const E* e = std::get_if<E>(&send.event); e != nullptr && send.to == to) found.push_back(*e);
    }
    return found;
  }
  std::uint64_t last_nonce() const { return all<SubmitTx>().back().tx->nonce; }
  std::uint64_t noted(Note::Metric metric) const {
    const auto notes = all<Note>();
    return static_cast<std::uint64_t>(
        std::count_if(notes.begin(), notes.end(), [&](const Note& note) { return note.metric == metric; }));
  }
  std::uint64_t no_bids(NoBid reason) const {
    return provider.counts().no_bid[static_cast<std::size_t>(reason)];
  }

  void see_order(std::uint64_t dseq, const GroupSpec& spec = group({unit(1000, 1, 1)})) {
    notice(EventOrderCreated{order(dseq), shared(spec), {}});
  }
  /// Bid and its success; the provider waits for a lease.
  void bid_on(std::uint64_t dseq, const GroupSpec& spec = group({unit(1000, 1, 1)})) {
    see_order(dseq, spec);
    ASSERT_EQ(msgs<MsgCreateBid>().size(), 1u);
    put(TxDecided{last_nonce(), Height{1}, Codespace::none, 0, 0});
  }
  void lease(std::uint64_t dseq, const Address& winner = self) {
    notice(EventLeaseCreated{bid_id(order(dseq), winner), {Denom::uact, Dec::from_int(100)}});
  }
  void win(std::uint64_t dseq, const GroupSpec& spec = group({unit(1000, 1, 1)})) {
    bid_on(dseq, spec);
    lease(dseq);
  }
  void serve(std::uint64_t dseq, const GroupSpec& spec = group({unit(1000, 1, 1)})) {
    win(dseq, spec);
    put(ManifestSent{tenant, bid_id(order(dseq), self), {}});
  }
  bool idle() const { return provider.inventory().free() == provider.inventory().total(); }
};

// Timer kinds in the order of the provider's own enum.
enum : std::uint32_t { bid_timeout, manifest, withdraw, node_timer, unhealthy, reclaimed_timer, review };

}  // namespace souk::test
