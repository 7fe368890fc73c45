#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/auditor.hpp"
#include "scenarios/market_measures.hpp"

namespace souk::scenarios::testing {

using namespace std::chrono_literals;

inline const ActorId validator{0};
inline const ActorId provider{1};
inline const ActorId rival{2};
inline const ActorId tenant{3};
inline const ActorId newcomer{4};

/// Two providers of H100s, one of them vouched for by two auditors, and two tenants.
inline Population four_parties() {
  Population population;
  for (const char* name : {"validator", "p-1", "p-2", "t-1", "t-2"}) {
    population.seats.push_back({name, runtime::AnyActor(Auditor(AuditorConfig{})), {}, {}});
  }
  constexpr double break_even = 1.6;
  population.providers.push_back(
      {provider, account_of("p-1"), "p-1", "p", "h100", {{8, 32}}, true, 0, break_even});
  population.providers.push_back(
      {rival, account_of("p-2"), "p-2", "p", "h100", {{8, 32}, {8, 32}}, true, 2, break_even});
  population.tenants.push_back({tenant, account_of("t-1"), "t-1", "t"});
  population.tenants.push_back({newcomer, account_of("t-2"), "t-2", "u"});
  return population;
}

/// A market whose every event is written down by hand. One block an hour, 1 ACT = 1 USD. Deployments from 100
/// on are those of t-2.
class MarketByHand : public ::testing::Test {
 protected:
  MarketByHand() : collector_(population_, config()) {}

  static MarketCollectorConfig config() {
    MarketCollectorConfig c;
    c.sample_every = 10h;
    c.block_time = 1h;
    c.usd_per_coin = {0.5, 1, 1};
    return c;
  }
  static Time at(int hour) { return Time{} + hour * 1h; }
  static DeploymentId deployment(std::uint64_t dseq) {
    return {account_of(dseq < 100 ? "t-1" : "t-2"), dseq};
  }
  static OrderId order(std::uint64_t dseq) { return {deployment(dseq).owner, 1, dseq, 1}; }

  void publish(int hour, ChainEvent event) {
    const auto shared = std::make_shared<const Event>(ChainNotice{Height{hour}, at(hour), std::move(event)});
    collector_.on_effect(at(hour), validator, Effect{Publish{topic_chain(), shared}});
  }
  void note(int hour, ActorId who, Note::Metric metric, double value, std::uint64_t subject = 1) {
    collector_.on_effect(at(hour), who, Effect{Note{metric, subject, value}});
  }
  void deploy(int hour, std::uint64_t dseq) { publish(hour, EventDeploymentCreated{deployment(dseq), {}}); }
  void undeploy(int hour, std::uint64_t dseq) { publish(hour, EventDeploymentClosed{deployment(dseq)}); }
  /// `maximum`: micro-ACT per block; 0: no price is named.
  void post(int hour, std::uint64_t dseq, std::uint64_t gpus, std::int64_t maximum = 0) {
    GroupSpec spec;
    ResourceUnit unit;
    unit.count = 1;
    unit.resource.cpu_milli = 4000;
    unit.resource.memory_bytes = std::uint64_t{16} << 30;
    unit.resource.gpu_units = gpus;
    unit.price = {Denom::uact, Dec::from_int(maximum)};
    spec.resources.push_back(unit);
    publish(hour, EventOrderCreated{order(dseq), std::make_shared<const GroupSpec>(spec), {}});
  }
  void give_up(int hour, std::uint64_t dseq) { publish(hour, EventOrderClosed{order(dseq)}); }
  void bid(int hour, std::uint64_t dseq, const char* who, std::int64_t micro) {
    publish(hour, EventBidCreated{bid_id(order(dseq), account_of(who)), {Denom::uact, Dec::from_int(micro)}});
  }
  void lease(int hour, std::uint64_t dseq, const char* who, std::int64_t micro) {
    publish(hour,
            EventLeaseCreated{bid_id(order(dseq), account_of(who)), {Denom::uact, Dec::from_int(micro)}});
  }
  void end_lease(int hour, std::uint64_t dseq, const char* who, LeaseClosedReason reason) {
    publish(hour, EventLeaseClosed{bid_id(order(dseq), account_of(who)), reason});
  }
  void workload(int hour, std::uint64_t dseq, const char* who, bool up) {
    const WorkloadStatus status{bid_id(order(dseq), account_of(who)), up};
    collector_.on_effect(at(hour), rival, Effect{Send{tenant, Event{status}}});
  }
  void transfer(int hour, const Address& from, const Address& to, std::int64_t micro) {
    publish(hour, EventTransfer{from, to, {Denom::uact, {micro}}});
  }

  /// Of the whole run: NaN if it is not there.
  double measured(Metric metric, const std::string& entity = "market") {
    double found = std::nan("");
    measure_summary(collector_, collector_.last_seen(), std::vector<double>(collector_.leases().size()),
                    [&](Metric m, const std::string& e, double value) {
                      if (m == metric && e == entity) found = value;
                    });
    return found;
  }
  /// Of the series, in the order of time.
  std::vector<double> sampled(Metric metric, const std::string& entity = "market") {
    std::vector<double> values;
    for (const Measurement& m : collector_.series())
      if (m.metric == metric && collector_.entities().name(m.entity) == entity) values.push_back(m.value);
    return values;
  }

  Population population_ = four_parties();
  MarketCollector collector_;
};

}  // namespace souk::scenarios::testing
