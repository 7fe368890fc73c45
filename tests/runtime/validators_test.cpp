// Validators that agree, in the simulated host: the real actor, ledger, mempool and consensus together.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "actors/validator.hpp"
#include "runtime/sim_host.hpp"
#include "tests/actors/orders.hpp"

namespace souk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::account;

constexpr Time genesis_time{std::chrono::hours(500'000)};
constexpr Duration block_time = seconds(1);

/// Sends transactions at given times and remembers what became of them.
struct Client {
  struct Sending {
    Duration after;
    SharedTx tx;
  };
  std::vector<Sending> sendings;
  std::map<std::uint64_t, TxDecided> decided;

  void on(const Event& event, const Context& context, Effects& out) {
    if (std::holds_alternative<Started>(event)) {
      for (std::uint64_t i = 0; i < sendings.size(); ++i)
        out.push_back(SetTimer{{0, i}, context.now + sendings[i].after});
    } else if (const auto* fired = std::get_if<TimerFired>(&event)) {
      out.push_back(SubmitTx{sendings[fired->id.subject].tx});
    } else if (const auto* told = std::get_if<TxDecided>(&event)) {
      decided[told->nonce] = *told;
    }
  }
};

SharedTx send_coins(std::uint8_t from, std::uint64_t nonce, std::int64_t micro) {
  Tx tx;
  tx.signer = account(from);
  tx.nonce = nonce;
  tx.msgs = {MsgSend{account(from), account(99), {{Denom::uakt, {micro}}}}};
  return std::make_shared<const Tx>(std::move(tx));
}

runtime::Seed seed_of(std::uint32_t number) {
  return runtime::Seed{static_cast<std::uint8_t>(number + 1), 0x5e};
}

/// `count` validators of equal power, each linked to every other, and a client of each.
class Network {
 public:
  explicit Network(std::uint32_t count, const runtime::SignatureScheme& scheme = runtime::keyed_hash())
      : count_(count) {
    sim::NetworkConfig links;
    links.delay = milliseconds(20);
    links.minimum_delay = milliseconds(20);
    runtime::SimOptions options;
    options.genesis = genesis_time;
    options.signatures = &scheme;
    options.network = sim::Network::make(std::move(links), 1).value();
    host_.emplace(std::move(options));
    for (std::uint32_t i = 0; i < count; ++i) keys_.push_back(scheme.key_pair(seed_of(i)).public_key);
    for (std::uint32_t i = 0; i < count; ++i) {
      runtime::ActorOptions seat;
      seat.validator = ActorId{i};
      seat.signing_seed = seed_of(i);
      host_->spawn("validator-" + std::to_string(i), Validator(config(i)), seat);
    }
  }

  ValidatorConfig config(std::uint32_t number) const {
    ValidatorConfig c;
    c.genesis.time = genesis_time;
    for (std::uint8_t n = 1; n <= 8; ++n)
      c.genesis.balances.push_back({account(n), {{Denom::uakt, {1'000'000'000}}}});
    c.block_time = block_time;
    c.invariants_every_blocks = 1;
    c.state_hash_every_blocks = 1;
    consensus::CoreConfig& core = c.consensus.emplace();
    core.genesis = genesis_validators(c.genesis, keys_).value();
    core.key = keys_[number];
    for (std::uint32_t i = 0; i < count_; ++i)
      if (i != number) core.peers.push_back(ActorId{i});
    return c;
  }

  ActorId client(std::uint32_t validator, std::vector<Client::Sending> sendings) {
    runtime::ActorOptions seat;
    seat.validator = ActorId{validator};
    return host_->spawn("client-" + std::to_string(validator), Client{std::move(sendings), {}}, seat);
  }

  void run(Duration duration) {
    if (host_->event_count() == 0) host_->set_faults({});  // nothing by plan; tests kill and restart
    const auto end = host_->run_until(host_->now() + duration);
    ASSERT_TRUE(end) << end.error().message;
  }

  runtime::SimHost& host() { return *host_; }
  const Validator& validator(std::uint32_t i) const { return *host_->actor(ActorId{i}).as<Validator>(); }
  const Client& client(ActorId id) const { return *host_->actor(id).as<Client>(); }
  std::int64_t height(std::uint32_t i) const {
    const auto decided = validator(i).core()->decided();
    return decided ? decided->value : 0;
  }

 private:
  std::uint32_t count_;
  std::vector<consensus::PublicKey> keys_;
  std::optional<runtime::SimHost> host_;
};

TEST(Validators, DecideABlockASecondAndHoldTheSameState) {
  Network network(4);
  const ActorId client = network.client(2, {{milliseconds(2500), send_coins(1, 1, 700)}});
  network.run(seconds(30) + milliseconds(500));
  for (std::uint32_t i = 0; i < 4; ++i) {
    EXPECT_GE(network.height(i), 29) << i;
    EXPECT_LE(network.height(i), 30) << i;
    EXPECT_EQ(network.validator(i).ledger().balance(account(99), Denom::uakt).micro, 700) << i;
    EXPECT_EQ(network.validator(i).app_hash(), network.validator(0).app_hash()) << i;
    EXPECT_EQ(network.validator(i).core()->round(), 0) << i;
  }
  ASSERT_EQ(network.client(client).decided.size(), 1u);
  EXPECT_EQ(network.client(client).decided.at(1).code, 0u);
  EXPECT_EQ(network.client(client).decided.at(1).height, Height{3}) << "the first height after 2.5 s";
}

TEST(Validators, SignWithEd25519) {
  Network network(4, runtime::ed25519());
  network.client(0, {{milliseconds(1500), send_coins(1, 1, 5)}});
  network.run(seconds(10));
  for (std::uint32_t i = 0; i < 4; ++i) {
    EXPECT_GE(network.height(i), 8);
    EXPECT_EQ(network.validator(i).ledger().balance(account(99), Denom::uakt).micro, 5);
  }
}

TEST(Validators, OneIsAQuorumOfItsOwn) {
  Network network(1);
  network.client(0, {{milliseconds(1500), send_coins(1, 1, 5)}});
  network.run(seconds(10) + milliseconds(10));
  EXPECT_GE(network.height(0), 9);
  EXPECT_EQ(network.validator(0).ledger().balance(account(99), Denom::uakt).micro, 5);
}

TEST(Validators, GoOnWithOneOfFourAndStopWithTwo) {
  Network network(4);
  network.run(seconds(5));
  network.host().kill(ActorId{3});
  network.run(seconds(60));
  const auto with_three = network.height(0);
  EXPECT_GT(with_three, 30) << "every fourth height waits for the proposer that is away";
  network.host().kill(ActorId{2});
  network.run(seconds(5));
  const auto stopped = network.height(0);
  network.run(seconds(60));
  EXPECT_EQ(network.height(0), stopped);
}

TEST(Validators, OneThatComesBackFindsItsBlocksAndCatchesUp) {
  Network network(4);
  network.client(0, {{milliseconds(2500), send_coins(1, 1, 700)}, {seconds(12), send_coins(2, 2, 50)}});
  network.run(seconds(8));
  network.host().kill(ActorId{3});
  network.run(seconds(20));
  const auto disk = network.host().disk(ActorId{3});
  auto fresh = Validator::recover(network.config(3), {disk.wal, disk.store});
  ASSERT_TRUE(fresh) << fresh.error().message;
  EXPECT_GE(fresh->core()->decided()->value, 6);
  EXPECT_EQ(fresh->ledger().balance(account(99), Denom::uakt).micro, 700);
  network.host().restart(ActorId{3}, std::move(*fresh));
  network.run(seconds(20));
  EXPECT_GE(network.height(3) + 1, network.height(0));
  EXPECT_EQ(network.validator(3).ledger().state_hash(), network.validator(0).ledger().state_hash());
}

TEST(Validators, ATransactionIsDecidedOnceHoweverOftenItIsSent) {
  Network network(4);
  const SharedTx tx = send_coins(1, 1, 700);
  const ActorId first =
      network.client(0, {{milliseconds(1500), tx}, {milliseconds(1600), tx}, {seconds(6), tx}});
  network.client(1, {{milliseconds(1550), tx}});
  network.run(seconds(20));
  EXPECT_EQ(network.validator(2).ledger().balance(account(99), Denom::uakt).micro, 700);
  EXPECT_EQ(network.client(first).decided.at(1).code, 19u) << "the last answer: it has been seen";
}

}  // namespace
}  // namespace souk
