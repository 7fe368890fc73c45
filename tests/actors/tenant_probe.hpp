#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/base/enums.hpp"
#include "actors/chain/codes.hpp"
#include "actors/tenant.hpp"

/// Drives a Tenant by hand: events in, effects out as one line of text each.
namespace souk::story {

using namespace std::chrono_literals;

inline Address account(std::uint8_t n) {
  Address a;
  a.bytes.fill(n);
  return a;
}
inline const Address tenant_account = account(0xaa);

/// Genesis of all tests: Monday 2026-01-05 00:00 UTC.
inline const Time test_genesis{std::chrono::seconds(1'767'571'200)};

inline SharedRequests one_request(double cloud_usd_h = 1.0) {
  RequestRow row;
  row.name = "web";
  row.cloud_usd_h = cloud_usd_h;
  return std::make_shared<const RequestTable>(RequestTable{row});
}

inline SharedTrace trace_of(std::vector<TraceRow> rows) {
  return std::make_shared<const std::vector<TraceRow>>(std::move(rows));
}

/// One deployment wanted at once, for ten hours, at any price; retries and top-ups off unless a test wants
/// them.
inline TenantConfig plain_tenant() {
  TenantConfig config;
  config.account = tenant_account;
  config.block_time = 6s;
  config.tx_timeout = 0s;
  config.funding.kind = FundingKind::none;
  SegmentConfig& segment = config.segment;
  segment.requests = one_request();
  segment.arrivals.kind = ArrivalKind::trace;
  segment.arrivals.trace = trace_of({{0s, 0, 10h}});
  segment.value.refuse_above_value = false;
  segment.price.kind = PriceHabitKind::fixed;
  return config;
}

class Probe {
 public:
  explicit Probe(TenantConfig config) : tenant(std::move(config)) {}

  Tenant tenant;
  Time now = test_genesis;
  Height height{100};
  std::uint64_t dseq = 0;   ///< of the newest MsgCreateDeployment
  std::uint64_t nonce = 0;  ///< of the newest transaction
  SharedTx tx;              ///< the newest transaction

  using Lines = std::vector<std::string>;

  Lines feed(const Event& event) {
    effects_.clear();
    tenant.on(event, Context{now, ActorId{7}, 1}, effects_);
    Lines lines;
    for (const Effect& effect : effects_) {
      const std::string line = std::visit([&](const auto& e) { return text(e); }, effect);
      if (!line.empty()) lines.push_back(line);
    }
    return lines;
  }
  Lines start() { return feed(Started{}); }
  Lines wait(Duration d) { return now += d, height = height + Blocks{d / 6s}, Lines{}; }
  /// Fires the timer `kind` of the newest deployment (or of none), at the time it was set for.
  Lines fire(const std::string& kind) { return fire(kind, is_global(kind) ? 0 : dseq); }
  Lines fire(const std::string& kind, std::uint64_t subject) {
    const auto it = timers_.find({kind, subject});
    if (it == timers_.end()) return {"no such timer"};
    const Time at = it->second;
    timers_.erase(it);
    if (at > now) wait(at - now);
    return feed(TimerFired{{kind_of(kind), subject}});
  }
  bool has_timer(const std::string& kind) const {
    return timers_.contains({kind, is_global(kind) ? 0 : dseq});
  }

  Lines accept() { return accept(nonce); }
  Lines accept(std::uint64_t n) { return feed(TxDecided{n, height, Codespace::none, 0, 0}); }
  template <class E>
  Lines refuse(Codespace codespace, E code) {
    return feed(TxDecided{nonce, height, codespace, static_cast<std::uint32_t>(code), 0});
  }
  Lines chain(ChainEvent event) { return feed(ChainNotice{height, now, std::move(event)}); }

  OrderId order(std::uint32_t oseq = 1) const { return {tenant_account, 1, dseq, oseq}; }
  BidId bid_of(std::uint8_t provider, std::uint32_t oseq = 1) const {
    return bid_id(order(oseq), account(provider));
  }
  Lines order_opened(std::uint32_t oseq = 1) { return chain(EventOrderCreated{order(oseq), nullptr, {}}); }
  Lines bid(std::uint8_t provider, std::int64_t price, std::uint32_t oseq = 1) {
    return chain(EventBidCreated{bid_of(provider, oseq), {Denom::uact, Dec::from_int(price)}});
  }
  Lines lease_made(std::uint8_t provider, std::int64_t price, std::uint32_t oseq = 1) {
    return chain(EventLeaseCreated{bid_of(provider, oseq), {Denom::uact, Dec::from_int(price)}});
  }
  Lines lease_closed(std::uint8_t provider, LeaseClosedReason reason, std::uint32_t oseq = 1) {
    return chain(EventLeaseClosed{bid_of(provider, oseq), reason});
  }
  Lines deployment_closed() { return chain(EventDeploymentClosed{{tenant_account, dseq}}); }
  Lines manifest_reply(std::uint8_t provider, std::uint32_t status, std::uint32_t oseq = 1) {
    return feed(ManifestReply{bid_of(provider, oseq), status});
  }
  Lines workload(std::uint8_t provider, bool available, std::uint32_t oseq = 1) {
    return feed(WorkloadStatus{bid_of(provider, oseq), available});
  }

  /// Created, order open, and leased from `provider`.
  void lease(std::uint8_t provider = 1, std::int64_t price = 100) {
    start();
    fire("arrival");
    order_opened();
    bid(provider, price);
    fire("step");
    lease_made(provider, price);
  }

 private:
  static constexpr std::string_view timer_names[] = {"arrival", "step", "life", "fund", "churn", "back"};
  static bool is_global(const std::string& kind) {
    return kind == "arrival" || kind == "churn" || kind == "back";
  }
  static std::uint32_t kind_of(const std::string& kind) {
    return static_cast<std::uint32_t>(std::find(std::begin(timer_names), std::end(timer_names), kind) -
                                      std::begin(timer_names));
  }

  static std::string of(const Address& provider) { return "P" + std::to_string(provider.bytes[0]); }
  static std::string text(const MsgCreateDeployment&) { return "create"; }
  static std::string text(const MsgCreateLease& m) { return "lease from " + of(m.id.provider); }
  static std::string text(const MsgCloseLease& m) { return "close lease of " + of(m.id.provider); }
  static std::string text(const MsgCloseDeployment&) { return "close"; }
  static std::string text(const MsgStartGroup&) { return "start group"; }
  static std::string text(const MsgAccountDeposit& m) {
    return "deposit " + std::to_string(m.deposit.amount.amount.micro);
  }
  static std::string text(const auto&) { return "another message"; }

  std::string text(const SubmitTx& e) {
    tx = e.tx;
    nonce = e.tx->nonce;
    std::string line;
    for (const Msg& msg : e.tx->msgs) {
      if (const auto* create = std::get_if<MsgCreateDeployment>(&msg)) dseq = create->id.dseq;
      line += (line.empty() ? "submit " : " + ") + std::visit([](const auto& m) { return text(m); }, msg);
    }
    return line;
  }
  std::string text(const SetTimer& e) {
    const std::string name(timer_names[e.id.kind]);
    timers_[{name, e.id.subject}] = e.at;
    const auto in = std::chrono::duration_cast<std::chrono::seconds>(e.at - now).count();
    return "timer " + name + " in " + std::to_string(in) + " s";
  }
  std::string text(const CancelTimer& e) {
    timers_.erase({std::string(timer_names[e.id.kind]), e.id.subject});
    return "";  // what is left is seen by has_timer
  }
  std::string text(const SendTo& e) {
    return std::holds_alternative<ManifestSent>(e.event) ? "manifest to " + of(e.to)
                                                         : "another message to " + of(e.to);
  }
  std::string text(const Note& e) {
    // What a deployment is worth and wants is noted with every creation: of no interest to most tests.
    using enum Note::Metric;
    if (e.metric == tenant_value_usd_h || e.metric == tenant_cloud_usd_h || e.metric == tenant_wanted_h)
      return "";
    return "note " + std::string(enum_name(e.metric));
  }
  std::string text(const Send&) { return "send"; }
  std::string text(const Publish&) { return "publish"; }
  std::string text(const Persist&) { return "persist"; }
  std::string text(const VerifySignatures&) { return "verify"; }
  std::string text(const MakeSignature&) { return "sign"; }
  std::string text(const Observe&) { return "observe"; }

  Effects effects_;
  std::map<std::pair<std::string, std::uint64_t>, Time> timers_;
};

}  // namespace souk::story
