#include "actors/consensus/gossip.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <utility>

#include "tests/consensus/gossip_fixture.hpp"

/// Many planners together.
namespace souk::consensus::test {
namespace {

/// Validators who exchange what their planners say, over links that delay and lose messages.
struct Mesh {
  using Links = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  struct Delivery {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    SharedEnvelope message;
  };

  Mesh(GossipConfig config, const ValidatorSet& set, const Links& links) : validators(set) {
    const auto count = static_cast<std::uint32_t>(set.size());
    std::vector<std::vector<ActorId>> peers(count);
    for (const auto& [a, b] : links) {
      peers[a].push_back(ActorId{b});
      peers[b].push_back(ActorId{a});
    }
    for (std::uint32_t i = 0; i < count; ++i)
      nodes.emplace_back(peers[i], config).enter_height(here, count, nullptr);
  }
  static Mesh full(const ValidatorSet& set = four()) {
    Links links;
    for (std::uint32_t a = 0; a < set.size(); ++a) {
      for (std::uint32_t b = a + 1; b < set.size(); ++b) links.emplace_back(a, b);
    }
    return Mesh({}, set, links);
  }

  void make(std::uint32_t who, const SharedEnvelope& message) {
    nodes[who].hold(message, std::nullopt);
    flush(who);
  }
  void vote(Step step, const SharedValue& v) {
    for (std::uint32_t i = 0; i < nodes.size(); ++i)
      make(i, wrap(vote_by(validators, i, step, 0, id_of(v), here)));
  }
  void flush(std::uint32_t who) {
    std::vector<Outgoing> out;
    nodes[who].plan(out);
    sent += out.size();
    for (const Outgoing& o : out) carry({who, o.to.value, o.message});
  }
  void carry(const Delivery& delivery) {
    if (rng.uniform() >= loss) queue.emplace(now_ms + delay_ms(delivery.from, delivery.to), delivery);
  }
  void deliver(const Delivery& d) {
    if (const auto* status = std::get_if<RoundStatus>(&d.message->message)) {
      ASSERT_TRUE(nodes[d.to].note_status(ActorId{d.from}, *status));
    } else {
      ++deliveries[{d.message.get(), d.to}];
      nodes[d.to].hold(d.message, ActorId{d.from});
    }
    flush(d.to);
  }
  /// Everything that arrives until then.
  void run(int until_ms) {
    while (!queue.empty() && queue.begin()->first <= until_ms) {
      const auto [at, delivery] = *queue.begin();
      queue.erase(queue.begin());
      now_ms = at;
      deliver(delivery);
    }
    now_ms = until_ms;
  }
  void run() { run(now_ms); }
  /// A gossip timeout at everybody: ticks, and statuses, some of which get lost too.
  void tick() {
    for (std::uint32_t from = 0; from < nodes.size(); ++from) {
      nodes[from].tick();
      const auto status = wrap(nodes[from].status({1}));
      for (std::uint32_t to = 0; to < nodes.size(); ++to)
        if (to != from) carry({from, to, status});
      flush(from);
    }
    run();
  }

  const ValidatorSet& validators;
  std::vector<GossipPlanner> nodes;
  std::multimap<int, Delivery> queue;  ///< by time of arrival, then in order of sending
  std::map<std::pair<const Envelope*, std::uint32_t>, int> deliveries;
  std::size_t sent = 0;  ///< without statuses
  int now_ms = 0;
  std::function<int(std::uint32_t, std::uint32_t)> delay_ms = [](std::uint32_t, std::uint32_t) { return 0; };
  Rng rng{1, ActorId{0}, Purpose::test, 0};
  double loss = 0;
};

/// Proposal, prevotes and precommits of one round.
void one_round(Mesh& mesh, const SharedValue& v) {
  mesh.make(0, proposal(0, 0, v));
  if (v->header.part_count > 1)
    for (const Part& part : cut(*v, here, 0, small_parts)) mesh.make(0, wrap(part));
  mesh.run();
  mesh.vote(Step::prevote, v);
  mesh.run();
  mesh.vote(Step::precommit, v);
  mesh.run();
}

void expect_all_have_everything(Mesh& mesh) {
  for (const GossipPlanner& node : mesh.nodes) {
    const RoundStatus status = node.status({1});
    EXPECT_TRUE(status.value.has_value());
    EXPECT_TRUE(is_full(status.parts));
    EXPECT_TRUE(is_full(status.prevotes));
    EXPECT_TRUE(is_full(status.precommits));
  }
}

TEST(Gossip, InAFullMeshWithoutLossEachMessageReachesEachPeerExactlyOnce) {
  Mesh mesh = Mesh::full();
  one_round(mesh, value());
  EXPECT_EQ(mesh.sent, 3u + 2 * 4 * 3);
  for (const auto& [what, times] : mesh.deliveries) EXPECT_EQ(times, 1);
  expect_all_have_everything(mesh);
  for (int i = 0; i < 5; ++i) mesh.tick();
  EXPECT_EQ(mesh.sent, 3u + 2 * 4 * 3) << "statuses show that nothing is missing";
}

TEST(Gossip, LossIsMadeGoodByTicks) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Mesh mesh = Mesh::full();
    mesh.rng = Rng(seed, ActorId{0}, Purpose::test, 1);
    mesh.loss = 0.3;
    one_round(mesh, large_value());
    for (int i = 0; i < 25; ++i) mesh.tick();
    expect_all_have_everything(mesh);
    const std::size_t all = 3 * (1 + large_value()->header.part_count) + 24;
    EXPECT_LT(mesh.sent, 4 * all) << "and not by flooding";
  }
}

TEST(Gossip, AlongALineMessagesArePassedOnAtOnce) {
  Mesh mesh({.relay_at_once = true}, four(), {{0, 1}, {1, 2}, {2, 3}});
  one_round(mesh, large_value());
  expect_all_have_everything(mesh);
  for (const auto& [what, times] : mesh.deliveries) EXPECT_EQ(times, 1);
}

// Regression: with 175 validators on eight continents, messages under way at a tick were passed on by
// everybody to everybody who did not show them yet, 3 million in a height instead of 60,000.
TEST(Gossip, MessagesUnderWayAtATickAreNotRepeated) {
  const ValidatorSet twelve = set_of(std::vector<Power>(12, 1));
  Mesh mesh = Mesh::full(twelve);
  mesh.delay_ms = [](std::uint32_t from, std::uint32_t to) { return from % 3 == to % 3 ? 1 : 120; };
  mesh.make(0, wrap(Proposal{signed_by(twelve, 0, {Step::propose, here, 0, id_of(value()), no_round}),
                             value()->header, nullptr}));
  mesh.run(180);
  mesh.vote(Step::prevote, value());
  mesh.run(249);
  mesh.vote(Step::precommit, value());
  for (int tick_ms = 250; tick_ms <= 1'500; tick_ms += 250) {
    mesh.run(tick_ms);
    mesh.tick();
  }
  for (const GossipPlanner& node : mesh.nodes) EXPECT_TRUE(is_full(node.status({1}).precommits));
  EXPECT_EQ(mesh.sent, 11u + 2 * 12 * 11);
}

// One message of its maker makes good what one link lost; not one of each validator that has it.
TEST(Gossip, AVoteThatOneLinkLostIsRepeatedByItsMakerAlone) {
  const ValidatorSet twelve = set_of(std::vector<Power>(12, 1));
  Mesh mesh = Mesh::full(twelve);
  mesh.vote(Step::prevote, value());
  mesh.queue.erase(std::next(mesh.queue.begin(), 5));
  mesh.run();
  for (int i = 0; i < 6; ++i) mesh.tick();
  for (const GossipPlanner& node : mesh.nodes) EXPECT_TRUE(is_full(node.status({1}).prevotes));
  EXPECT_EQ(mesh.sent, 12u * 11 + 1);
}

TEST(Gossip, AVoteThatItsMakerCanNotBringIsPassedOn) {
  Mesh mesh = Mesh::full();
  mesh.vote(Step::prevote, value());
  mesh.run();
  const auto cut_off = wrap(vote_by(four(), 0, Step::precommit, 0, id_of(value()), here));
  mesh.nodes[0].hold(cut_off, std::nullopt);
  std::vector<Outgoing> lost;
  mesh.nodes[0].plan(lost);
  for (const std::uint32_t reached : {1u, 2u}) mesh.deliver({0, reached, cut_off});
  const auto is_from_maker_to_third = [](const auto& entry) {
    return entry.second.from == 0 && entry.second.to == 3;
  };
  for (int i = 0; i < 4; ++i) {
    mesh.now_ms += 250;
    mesh.delay_ms = [](std::uint32_t, std::uint32_t) { return 1; };
    mesh.tick();
    std::erase_if(mesh.queue, is_from_maker_to_third);
    mesh.run(mesh.now_ms + 1);
  }
  EXPECT_TRUE(has(mesh.nodes[3].status({1}).precommits, 0));
}

}  // namespace
}  // namespace souk::consensus::test
