// Checks of the rule book: what the ledger does to money, with no tenant or provider in between.
#include <cmath>
#include <memory>
#include <string>

#include "actors/chain/ledger.hpp"
#include "scenarios/validate_checks.hpp"

namespace souk::scenarios {
namespace {

/// A ledger with one tenant, one provider per group, and messages that must succeed.
class Bench {
 public:
  explicit Bench(const ChainParams& params, Amount tenant_uact)
      : ledger_(params, {{tenant, {{Denom::uact, tenant_uact}}},
                         {provider(1), {{Denom::uact, provider_funds}}},
                         {provider(2), {{Denom::uact, provider_funds}}}}) {}

  static Address provider(std::uint32_t gseq) {
    return module_address("validate/provider/" + std::to_string(gseq));
  }
  inline static const Address tenant = module_address("validate/tenant");

  void at(std::int64_t height) {
    ledger_.begin_block({Height{height}, Time{std::chrono::seconds(6 * height)}});
  }

  void apply(const Address& signer, Msg msg) {
    std::vector<ChainEvent> events;
    const TxResult result = ledger_.deliver({signer, nonce_++, {Denom::uakt, {0}}, {std::move(msg)}}, events);
    SOUK_CHECK(result.ok());
  }

  /// Opens deployment 1 with one group per rate, each leased to its own provider at that rate.
  void lease(const std::vector<Dec>& rates, Amount deposit) {
    MsgCreateDeployment create{
        {tenant, 1}, {}, std::vector<std::uint8_t>(32, 1), {{Denom::uact, deposit}}, {}};
    for (std::size_t i = 0; i < rates.size(); ++i)
      create.groups.push_back(group("g" + std::to_string(i + 1), rates[i]));
    apply(tenant, std::move(create));
    for (std::uint32_t gseq = 1; gseq <= rates.size(); ++gseq) {
      apply(provider(gseq), MsgCreateProvider{{provider(gseq), "https://provider.example:8443", {}, "", ""}});
      apply(
          provider(gseq),
          MsgCreateBid{lease_id(gseq), {Denom::uact, rates[gseq - 1]}, {{Denom::uact, bid_deposit}}, {}, {}});
    }
    for (std::uint32_t gseq = 1; gseq <= rates.size(); ++gseq) apply(tenant, MsgCreateLease{lease_id(gseq)});
  }

  static BidId lease_id(std::uint32_t gseq) { return {tenant, provider(gseq), 1, gseq, 1, 0}; }
  void withdraw(std::uint32_t gseq) { apply(provider(gseq), MsgWithdrawLease{lease_id(gseq)}); }
  const EscrowAccount& account() const { return *ledger_.escrow_account(deployment_escrow({tenant, 1})); }
  const EscrowPayment& payment(std::uint32_t gseq) const { return *ledger_.escrow_payment(lease_id(gseq)); }
  const Ledger& ledger() const { return ledger_; }
  /// What arrived in a provider's own account, uact.
  double received(std::uint32_t gseq) const {
    const Amount spent = provider_funds - bid_deposit;
    return static_cast<double>((ledger_.balance(provider(gseq), Denom::uact) - spent).micro);
  }

 private:
  static constexpr Amount provider_funds{10'000'000};
  static constexpr Amount bid_deposit{500'000};
  static SharedGroupSpec group(std::string name, Dec price) {
    GroupSpec spec;
    spec.name = std::move(name);
    ResourceUnit unit;
    unit.resource.id = 1;
    unit.resource.cpu_milli = 1000;
    unit.resource.memory_bytes = 1ULL << 30;
    unit.resource.storage = {{"default", 1ULL << 30, {}}};
    unit.resource.endpoints = {{}};
    unit.count = 1;
    unit.price = {Denom::uact, price};
    spec.resources = {unit};
    return std::make_shared<const GroupSpec>(std::move(spec));
  }

  Ledger ledger_;
  std::uint64_t nonce_ = 0;
};

Result<std::vector<Row>> escrow_check(const CheckInput& in) {
  const auto deposit = in.number("deposit", 1e6, 1e12);
  const auto rates = in.numbers("rates", 1, 1e6);
  if (!deposit) return Unexpected{deposit.error()};
  if (!rates) return Unexpected{rates.error()};
  if (rates->size() != 2) return fail("parameter rates: two rates, one per lease");
  const double a = (*rates)[0], b = (*rates)[1];
  constexpr std::int64_t opened = 1000, first = 2000, late = 200;
  const std::int64_t dry = opened + static_cast<std::int64_t>(std::floor(*deposit / (a + b)));
  if (dry <= first) return fail("parameter deposit: must last beyond height 2000");

  ChainParams params;
  params.take_enabled = in.broken;
  params.take_rates = {{Denom::uact, 1}};
  Bench bench(params, {static_cast<std::int64_t>(*deposit) + 1'000'000});
  bench.at(opened);
  bench.lease({Dec::nearest(a), Dec::nearest(b)}, {static_cast<std::int64_t>(*deposit)});
  bench.at(first);
  bench.withdraw(1);
  const double paid_first = bench.received(1);
  const double accrued = bench.payment(2).balance.to_double();
  const double free = bench.account().funds.at(0).amount.to_double();
  bench.at(dry + late);
  bench.withdraw(1);
  const double paid = bench.received(1) + bench.received(2);
  const double debt = bench.payment(1).unsettled.to_double() + bench.payment(2).unsettled.to_double();
  const double blocks = 1000;
  const double owed = (a + b) * static_cast<double>(dry + late - opened);
  return std::vector<Row>{
      exact("paid to lease 1 at height 2000, uact", a * blocks, paid_first),
      exact("accrued to lease 2, uact", b * blocks, accrued),
      exact("free balance, uact", *deposit - (a + b) * blocks, free),
      exact("total paid 200 blocks after the account ran dry", *deposit, paid),
      exact("unsettled debt, uact", owed - *deposit, debt),
      exact("account overdrawn", 1, bench.account().state == EscrowState::overdrawn ? 1 : 0),
      exact("invariants hold", 1, bench.ledger().check_invariants().has_value() ? 1 : 0),
  };
}

}  // namespace

std::vector<Check> ledger_checks() {
  return {
      {"V27",
       "Escrow: lazy settlement, overdraft, exact accounts",
       "the ledger keeps 1 % of every withdrawal",
       0,
       {{"deposit", "5000000", "uact, at height 1000"},
        {"rates", "700,300", "uact per block of the two leases"}},
       escrow_check},
  };
}

}  // namespace souk::scenarios
