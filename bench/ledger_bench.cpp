#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "actors/chain/ledger.hpp"

// Transactions a second of the ledger on one core: the life of a lease (create deployment, bid, lease,
// withdraw, close), and hourly withdrawals from many running leases. Beside it, in the same run, the same
// life on TextLedger: the plain way to write it, as Akash's own store does, with one ordered map from key
// texts to value texts and a cached write set per transaction. TextLedger does less (no provider matching,
// no deposits FIFO, no typed ids), so the ratio is a lower bound. Every run checks its balances at the end.
namespace {

using namespace souk;

constexpr std::int64_t purse = 4'000'000'000'000'000;
constexpr std::int64_t deposit_micro = 5'000'000;
constexpr std::int64_t bid_deposit_micro = 500'000;
constexpr std::int64_t rate_micro = 700;
constexpr std::int64_t blocks_to_withdraw = 600;
constexpr std::int64_t blocks_to_close = 300;
constexpr std::int64_t cycles_per_block = 64;
constexpr std::uint32_t txs_per_cycle = 5;

void must(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "ledger_bench: wrong answer: %s\n", what);
  std::abort();
}

Address party(std::uint32_t number) {
  Address address;
  for (std::size_t i = 0; i < 4; ++i) address.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  address.bytes[10] = static_cast<std::uint8_t>(number * 37);
  return address;
}

SharedGroupSpec spec() {
  ResourceUnit unit;
  unit.resource.id = 1;
  unit.resource.cpu_milli = 4000;
  unit.resource.memory_bytes = std::uint64_t{16} << 30;
  unit.resource.storage = {{"default", std::uint64_t{30} << 30, {{"persistent", "false"}}}};
  unit.resource.gpu_units = 1;
  unit.resource.gpu_attributes = {{"vendor/nvidia/model/a100", "true"}};
  unit.count = 1;
  unit.price = {Denom::uact, Dec::from_int(10'000)};
  return std::make_shared<const GroupSpec>(GroupSpec{"gpu", {{}, {{"region", "us-west"}}}, {unit}});
}

Attributes provider_attributes() {
  return {{"region", "us-west"},
          {"host", "akash"},
          {"tier", "community"},
          {"capabilities/storage/1/class", "ram"},
          {"capabilities/storage/1/persistent", "false"},
          {"capabilities/gpu/vendor/nvidia/model/a100", "true"}};
}

/// The ledger with `tenants` and `providers`, and transactions made once and sent again with other ids.
class Market {
 public:
  Market(std::uint32_t tenants, std::uint32_t providers) : tenants_(tenants), providers_(providers) {
    std::vector<GenesisBalance> balances;
    for (std::uint32_t i = 0; i < tenants + providers; ++i)
      balances.push_back(
          {party(i), {{Denom::uakt, {1'000'000}}, {Denom::uact, {purse / (tenants + providers)}}}});
    ledger = Ledger(ChainParams{}, balances);
    block(1);
    for (std::uint32_t i = 0; i < providers; ++i)
      send(MsgCreateProvider{{provider(i), "https://p.example:8443", provider_attributes(), "", ""}});
    create_.groups = {spec()};
    create_.hash.assign(32, 1);
    create_.deposit = {{Denom::uact, {deposit_micro}}, {DepositSource::balance}};
    bid_.price = {Denom::uact, Dec::from_int(rate_micro)};
    bid_.deposit = {{Denom::uact, {bid_deposit_micro}}, {DepositSource::balance}};
  }

  Address tenant(std::uint64_t i) const { return party(static_cast<std::uint32_t>(i % tenants_)); }
  Address provider(std::uint64_t i) const {
    return party(tenants_ + static_cast<std::uint32_t>(i % providers_));
  }
  void block(std::int64_t height) { ledger.begin_block({{height}, Time(std::chrono::seconds(6 * height))}); }

  template <class M>
  void send(M msg) {
    tx_.msgs.resize(1, MsgCloseDeployment{});
    tx_.msgs[0] = std::move(msg);
    tx_.signer = signer_of(tx_.msgs[0]);
    events.clear();
    const TxResult result = ledger.deliver(tx_, events);
    must(result.ok(), result.log.c_str());
  }
  void create(const DeploymentId& id) {
    create_.id = id;
    send(create_);
  }
  void bid(const BidId& id) {
    bid_.id = id;
    send(bid_);
  }

  Ledger ledger;
  std::vector<ChainEvent> events;

 private:
  std::uint32_t tenants_;
  std::uint32_t providers_;
  MsgCreateDeployment create_;
  MsgCreateBid bid_;
  Tx tx_;
};

BidId bid_of(const Market& market, std::uint64_t n) {
  return bid_id({market.tenant(n), 1, n + 1, 1}, market.provider(n));
}

void check_life(const Market& market, std::uint64_t cycles) {
  const Ledger& ledger = market.ledger;
  must(ledger.check_invariants().has_value(), "invariants");
  must(ledger.balance(module_address("escrow"), Denom::uact).micro == 0, "all escrow accounts are paid out");
  const std::int64_t earned = rate_micro * (blocks_to_withdraw + blocks_to_close);
  std::int64_t gained = 0;
  for (std::uint32_t i = 0; i < 64; ++i)
    gained += ledger.balance(market.provider(i), Denom::uact).micro - purse / (1024 + 64);
  must(gained == earned * static_cast<std::int64_t>(cycles), "providers earned rate x blocks");
}

/// One iteration is a batch of lives, each transaction of a batch in its block.
void LedgerLife(benchmark::State& state) {
  Market market(1024, 64);
  std::uint64_t next = 0;
  std::int64_t height = 1;
  for (auto _ : state) {
    const std::uint64_t from = next;
    next += cycles_per_block;
    market.block(++height);
    for (std::uint64_t n = from; n < next; ++n) market.create({market.tenant(n), n + 1});
    for (std::uint64_t n = from; n < next; ++n) market.bid(bid_of(market, n));
    for (std::uint64_t n = from; n < next; ++n) market.send(MsgCreateLease{bid_of(market, n)});
    market.block(height += blocks_to_withdraw);
    for (std::uint64_t n = from; n < next; ++n) market.send(MsgWithdrawLease{bid_of(market, n)});
    market.block(height += blocks_to_close);
    for (std::uint64_t n = from; n < next; ++n)
      market.send(MsgCloseDeployment{bid_of(market, n).deployment()});
  }
  check_life(market, next);
  state.SetItemsProcessed(static_cast<std::int64_t>(next * txs_per_cycle));
}
BENCHMARK(LedgerLife)->Unit(benchmark::kMicrosecond);

/// The same with nine losing bids an order, as a busy market has: 14 transactions a life.
void LedgerLifeTenBids(benchmark::State& state) {
  Market market(1024, 64);
  constexpr std::uint64_t bids = 10;
  std::uint64_t next = 0;
  std::int64_t height = 1;
  for (auto _ : state) {
    const std::uint64_t n = next++;
    market.block(++height);
    market.create({market.tenant(n), n + 1});
    for (std::uint64_t b = 0; b < bids; ++b) {
      BidId id = bid_of(market, n);
      id.provider = market.provider(n + b);
      market.bid(id);
    }
    market.send(MsgCreateLease{bid_of(market, n)});
    market.block(height += blocks_to_withdraw);
    market.send(MsgWithdrawLease{bid_of(market, n)});
    market.block(height += blocks_to_close);
    market.send(MsgCloseDeployment{bid_of(market, n).deployment()});
  }
  check_life(market, next);
  state.SetItemsProcessed(static_cast<std::int64_t>(next * (bids + 4)));
}
BENCHMARK(LedgerLifeTenBids)->Unit(benchmark::kMicrosecond);

/// `leases` running leases; every provider withdraws from all of his every hour (600 blocks).
void HourlyWithdrawals(benchmark::State& state) {
  const auto leases = static_cast<std::uint64_t>(state.range(0));
  Market market(1024, 64);
  for (std::uint64_t n = 0; n < leases; ++n) {
    market.create({market.tenant(n), n + 1});
    market.bid(bid_of(market, n));
    market.send(MsgCreateLease{bid_of(market, n)});
    market.send(MsgAccountDeposit{market.tenant(n),
                                  deployment_escrow({market.tenant(n), n + 1}),
                                  {{Denom::uact, {100'000'000'000}}, {DepositSource::balance}}});
  }
  std::int64_t height = 1;
  std::int64_t hours = 0;
  for (auto _ : state) {
    market.block(height += 600);
    ++hours;
    for (std::uint64_t n = 0; n < leases; ++n) market.send(MsgWithdrawLease{bid_of(market, n)});
  }
  must(market.ledger.check_invariants().has_value(), "invariants");
  for (std::uint64_t n = 0; n < leases; n += 97)
    must(market.ledger.escrow_payment(bid_of(market, n))->withdrawn.micro == hours * 600 * rate_micro,
         "hourly pay");
  state.SetItemsProcessed(hours * static_cast<std::int64_t>(leases));
}
BENCHMARK(HourlyWithdrawals)->Arg(1'000)->Arg(20'000)->Unit(benchmark::kMicrosecond);

// ---- the alternative ----

/// Keys and values as text in one ordered map; a transaction writes into a cache that is merged at the end.
class TextLedger {
 public:
  using Fields = std::vector<std::string>;

  std::string get(const std::string& key) const {
    if (const auto it = cache_.find(key); it != cache_.end()) return it->second;
    const auto it = store_.find(key);
    return it == store_.end() ? std::string() : it->second;
  }
  void put(const std::string& key, std::string value) { cache_[key] = std::move(value); }
  void commit() {
    for (auto& [key, value] : cache_) store_[key] = std::move(value);
    cache_.clear();
  }
  std::int64_t number(const std::string& key) const {
    const std::string text = get(key);
    return text.empty() ? 0 : std::strtoll(text.c_str(), nullptr, 10);
  }
  void add(const std::string& key, std::int64_t change) { put(key, std::to_string(number(key) + change)); }
  void transfer(const std::string& from, const std::string& to, std::int64_t micro) {
    must(number("balance/" + from) >= micro, "text balance");
    add("balance/" + from, -micro);
    add("balance/" + to, micro);
  }

  void create(const std::string& owner, const std::string& dseq, std::int64_t height) {
    const std::string id = owner + '/' + dseq;
    must(get("deployment/" + id).empty(), "new deployment");
    put("deployment/" + id, "active");
    put("group/" + id + "/1", "open");
    put("order/" + id + "/1/1", "open");
    transfer(owner, "escrow", deposit_micro);
    put("escrow/" + id + "/state", "open");
    put("escrow/" + id + "/funds", std::to_string(deposit_micro));
    put("escrow/" + id + "/settled", std::to_string(height));
    commit();
  }
  void bid(const std::string& id, const std::string& provider) {
    must(get("order/" + id + "/1/1") == "open", "open order");
    put("bid/" + id + "/1/1/" + provider, "open");
    transfer(provider, "escrow", bid_deposit_micro);
    put("bidescrow/" + id + "/1/1/" + provider, std::to_string(bid_deposit_micro));
    commit();
  }
  void lease(const std::string& id, const std::string& provider) {
    must(get("bid/" + id + "/1/1/" + provider) == "open", "open bid");
    put("lease/" + id + "/1/1/" + provider, "active");
    put("payment/" + id + "/state", "open");
    put("payment/" + id + "/rate", std::to_string(rate_micro));
    put("order/" + id + "/1/1", "active");
    put("bid/" + id + "/1/1/" + provider, "active");
    commit();
  }
  void settle(const std::string& id, std::int64_t height) {
    const std::int64_t owed =
        number("payment/" + id + "/rate") * (height - number("escrow/" + id + "/settled"));
    put("escrow/" + id + "/settled", std::to_string(height));
    add("escrow/" + id + "/funds", -owed);
    add("payment/" + id + "/balance", owed);
  }
  void pay(const std::string& id, const std::string& provider) {
    transfer("escrow", provider, number("payment/" + id + "/balance"));
    put("payment/" + id + "/balance", "0");
  }
  void withdraw(const std::string& id, const std::string& provider, std::int64_t height) {
    must(get("payment/" + id + "/state") == "open", "open payment");
    settle(id, height);
    pay(id, provider);
    commit();
  }
  void close(const std::string& owner, const std::string& id, const std::string& provider,
             std::int64_t height) {
    must(get("deployment/" + id) == "active", "active deployment");
    settle(id, height);
    pay(id, provider);
    put("payment/" + id + "/state", "closed");
    put("escrow/" + id + "/state", "closed");
    transfer("escrow", owner, number("escrow/" + id + "/funds"));
    put("deployment/" + id, "closed");
    put("group/" + id + "/1", "closed");
    put("order/" + id + "/1/1", "closed");
    transfer("escrow", provider, number("bidescrow/" + id + "/1/1/" + provider));
    put("bid/" + id + "/1/1/" + provider, "closed");
    put("lease/" + id + "/1/1/" + provider, "closed");
    commit();
  }

 private:
  std::map<std::string, std::string> store_;
  std::map<std::string, std::string> cache_;
};

void TextLedgerLife(benchmark::State& state) {
  TextLedger ledger;
  std::vector<std::string> tenants;
  std::vector<std::string> providers;
  for (std::uint32_t i = 0; i < 1024; ++i) tenants.push_back(to_bech32(party(i)));
  for (std::uint32_t i = 0; i < 64; ++i) providers.push_back(to_bech32(party(1024 + i)));
  for (const auto* parties : {&tenants, &providers}) {
    for (const std::string& who : *parties) ledger.put("balance/" + who, std::to_string(purse / (1024 + 64)));
  }
  ledger.commit();
  std::uint64_t next = 0;
  std::int64_t height = 1;
  for (auto _ : state) {
    const std::uint64_t from = next;
    next += cycles_per_block;
    ++height;
    const auto id = [&](std::uint64_t n) { return tenants[n % 1024] + '/' + std::to_string(n + 1); };
    for (std::uint64_t n = from; n < next; ++n)
      ledger.create(tenants[n % 1024], std::to_string(n + 1), height);
    for (std::uint64_t n = from; n < next; ++n) ledger.bid(id(n), providers[n % 64]);
    for (std::uint64_t n = from; n < next; ++n) ledger.lease(id(n), providers[n % 64]);
    height += blocks_to_withdraw;
    for (std::uint64_t n = from; n < next; ++n) ledger.withdraw(id(n), providers[n % 64], height);
    height += blocks_to_close;
    for (std::uint64_t n = from; n < next; ++n)
      ledger.close(tenants[n % 1024], id(n), providers[n % 64], height);
  }
  must(ledger.number("balance/escrow") == 0, "text escrow is paid out");
  std::int64_t gained = 0;
  for (const std::string& who : providers) gained += ledger.number("balance/" + who) - purse / (1024 + 64);
  must(gained == rate_micro * (blocks_to_withdraw + blocks_to_close) * static_cast<std::int64_t>(next),
       "text providers earned rate x blocks");
  state.SetItemsProcessed(static_cast<std::int64_t>(next * txs_per_cycle));
}
BENCHMARK(TextLedgerLife)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
