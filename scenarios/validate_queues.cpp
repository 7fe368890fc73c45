// Queues: Poisson tenants rent slots of one provider. A slot is one CPU thread of one node; an order that
// finds none free is lost (the tenant gives up) or waits (the provider keeps it, first in, first out).
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "scenarios/lab.hpp"
#include "scenarios/theory.hpp"
#include "scenarios/validate_checks.hpp"

namespace souk::scenarios {
namespace {

/// Blocks are a millionth of a service, so that the blocks between order, bid and lease weigh nothing.
constexpr Duration block = std::chrono::milliseconds(1);
constexpr Duration mean_service = std::chrono::seconds(1000);
/// A wait below this is the protocol's own (order, bid and lease take a block each).
constexpr Duration protocol_wait = std::chrono::milliseconds(50);
constexpr std::size_t batch_count = 50;

struct Stream {
  std::uint32_t size = 1;  ///< slots per order
  double erlangs = 0;
  Distribution service;  ///< hours, of mean mean_service
};

struct Queue {
  std::uint64_t seed = 1;
  std::uint64_t n = 0;  ///< arrivals, all streams together
  std::uint32_t slots = 1;
  bool waits = false;
  std::vector<Stream> streams;
};

/// Of one stream of orders, in the order of arrival, warm-up cut.
struct Measured {
  Sample lost;     ///< 0 or 1
  Sample delayed;  ///< 0 or 1
  Sample wait;     ///< in mean services
};
struct QueueOutcome {
  std::vector<Measured> streams;
  Sample utilisation;         ///< slot-time leased / slot-time there, one value per batch of arrivals
  Sample waiting;             ///< time-average number of orders waiting, one value per batch
  double area_in_system = 0;  ///< integral of orders waiting or leased, in mean services
  double total_sojourn = 0;   ///< sum over orders of the time from order to close, in mean services
};

ProviderConfig pool(const Queue& queue) {
  ProviderConfig provider;
  NodeSpec node;
  node.cpu_milli = queue.slots * 1000ULL;
  node.memory_bytes = 1ULL << 50;
  node.ephemeral_bytes = 1ULL << 50;
  provider.cluster.nodes = {node};
  provider.pricing = PostedPricing{};
  provider.order_cost = DrawnCost{Distribution::constant(0)};
  provider.bid.queue_unserved = queue.waits;
  provider.bid.queue_max = 10'000'000;
  provider.bid.timeout = std::chrono::hours(24 * 365);
  provider.serve.withdraw_period = std::chrono::hours(24 * 365 * 50);
  provider.serve.manifest_timeout = std::chrono::hours(24 * 365 * 50);
  return provider;
}

TenantConfig renter(const Queue& queue, const Stream& stream) {
  TenantConfig tenant;
  double all = 0;
  for (const Stream& s : queue.streams) all += s.erlangs;
  SegmentConfig& segment = tenant.segment;
  segment.arrivals.kind = ArrivalKind::poisson;
  segment.arrivals.per_day = stream.erlangs * 86'400 / seconds(mean_service);
  segment.arrivals.count_max =
      static_cast<std::uint64_t>(static_cast<double>(queue.n) * stream.erlangs / all);
  RequestRow row;
  row.cpu_milli = 1000ULL * stream.size;
  row.memory_bytes = 1 << 20;
  row.ephemeral_bytes = 5 << 20;
  row.max_price = Dec::from_raw(Dec::scale / 1'000'000);  // so low that no escrow runs dry
  segment.requests = std::make_shared<const RequestTable>(RequestTable{row});
  segment.lifetime_h = stream.service;
  segment.value.kind = ValueKind::fixed_usd_h;
  segment.value.usd_h = 1;
  segment.choice.rule = ChoiceRule::cheapest;
  segment.bid_window = block * 20;
  segment.choose_after_bids = 1;
  segment.no_bid = queue.waits ? NoBidPolicy::keep_open : NoBidPolicy::give_up;
  segment.bid_rounds = 1;
  segment.redeploy = false;
  tenant.funding.kind = FundingKind::none;
  tenant.send_manifest = false;
  tenant.tx_timeout = Duration::zero();
  return tenant;
}

/// Follows every order from its creation to its lease and its close.
class Watch {
 public:
  explicit Watch(const Queue& queue) : queue_(queue), orders_(queue.streams.size()) {
    outcome_.streams.resize(queue.streams.size());
    for (std::size_t i = 0; i < queue.streams.size(); ++i) stream_of_[lab_tenant_address(i)] = i;
  }

  void on_chain(const ChainNotice& notice) {
    if (const auto* order = std::get_if<EventOrderCreated>(&notice.event)) open(order->id, notice.block_time);
    if (const auto* lease = std::get_if<EventLeaseCreated>(&notice.event))
      start(lease->id, notice.block_time);
    if (const auto* order = std::get_if<EventOrderClosed>(&notice.event)) close(order->id, notice.block_time);
  }

  QueueOutcome take() {
    for (std::size_t i = 0; i < orders_.size(); ++i) report(i);
    outcome_.area_in_system = system_area_ / seconds(mean_service);
    outcome_.total_sojourn /= seconds(mean_service);
    return std::move(outcome_);
  }

 private:
  struct Entry {
    Time opened;
    Time leased = time_max;
  };
  struct Orders {
    std::map<std::uint64_t, std::size_t> live;  ///< dseq -> place in `entries`
    std::vector<Entry> entries;                 ///< in order of arrival
  };
  struct Areas {
    Time from;
    double slots = 0, waiting = 0;
  };

  void advance(Time now) {
    const double elapsed = seconds(now - previous_);
    if (arrivals_ == 0) batch_.from = now;
    if (arrivals_ > 0) {
      system_area_ += elapsed * static_cast<double>(in_system_);
      batch_.slots += elapsed * static_cast<double>(slots_used_);
      batch_.waiting += elapsed * static_cast<double>(in_system_ - leases_);
    }
    previous_ = now;
  }
  void end_batch(Time now) {
    const double length = seconds(now - batch_.from);
    if (arrivals_ > queue_.n / batch_count) {  // the first batch starts empty: warm-up
      outcome_.utilisation.add(batch_.slots / (length * queue_.slots));
      outcome_.waiting.add(batch_.waiting / length);
    }
    batch_ = {now};
  }
  void open(const OrderId& id, Time now) {
    advance(now);
    Orders& orders = orders_.at(stream_of_.at(id.owner));
    orders.live[id.dseq] = orders.entries.size();
    orders.entries.push_back({now});
    ++in_system_;
    if (++arrivals_ % (queue_.n / batch_count) == 0) end_batch(now);
  }
  void start(const LeaseId& id, Time now) {
    advance(now);
    const std::size_t stream = stream_of_.at(id.owner);
    orders_[stream].entries[orders_[stream].live.at(id.dseq)].leased = now;
    slots_used_ += queue_.streams[stream].size;
    ++leases_;
  }
  void close(const OrderId& id, Time now) {
    advance(now);
    const std::size_t stream = stream_of_.at(id.owner);
    Orders& orders = orders_[stream];
    const auto live = orders.live.find(id.dseq);
    const Entry& entry = orders.entries[live->second];
    if (entry.leased != time_max) {
      slots_used_ -= queue_.streams[stream].size;
      --leases_;
    }
    outcome_.total_sojourn += seconds(now - entry.opened);
    --in_system_;
    orders.live.erase(live);
  }
  void report(std::size_t stream) {
    const std::vector<Entry>& entries = orders_[stream].entries;
    Measured& out = outcome_.streams[stream];
    for (std::size_t i = entries.size() / batch_count; i < entries.size(); ++i) {
      const bool lost = entries[i].leased == time_max;
      out.lost.add(lost ? 1 : 0);
      if (lost) continue;
      const Duration wait = entries[i].leased - entries[i].opened;
      out.delayed.add(wait > protocol_wait ? 1 : 0);
      out.wait.add(wait > protocol_wait ? seconds(wait) / seconds(mean_service) : 0);
    }
  }

  const Queue& queue_;
  QueueOutcome outcome_;
  std::vector<Orders> orders_;
  std::map<Address, std::size_t> stream_of_;
  Time previous_{};
  Areas batch_;
  double system_area_ = 0;
  std::uint64_t arrivals_ = 0;
  std::int64_t in_system_ = 0, leases_ = 0, slots_used_ = 0;
};

Result<QueueOutcome> run_queue(const Queue& queue) {
  LabSetup setup;
  setup.seed = queue.seed;
  setup.block_time = block;
  setup.providers = {pool(queue)};
  for (const Stream& stream : queue.streams) setup.tenants.push_back(renter(queue, stream));
  Watch watch(queue);
  LabObserver observer;
  observer.on_chain = [&](const ChainNotice& notice) { watch.on_chain(notice); };
  auto ran = run_lab(setup, observer, std::chrono::hours(24 * 365 * 100));
  if (!ran) return Unexpected{ran.error()};
  return watch.take();
}

Result<std::vector<QueueOutcome>> run_all(const std::vector<Queue>& queues) {
  std::vector<Result<QueueOutcome>> results(queues.size(), fail("not run"));
  in_parallel(queues.size(), [&](std::size_t i) { results[i] = run_queue(queues[i]); });
  std::vector<QueueOutcome> outcomes;
  for (Result<QueueOutcome>& result : results) {
    if (!result) return Unexpected{result.error()};
    outcomes.push_back(std::move(*result));
  }
  return outcomes;
}

Distribution service(Distribution::Kind kind) { return Distribution::make(std::move(kind)).value(); }
/// Service times of mean one mean_service, in hours, with the given squared coefficient of variation: fixed
/// for 0, exponential for 1, lognormal otherwise.
Distribution service_of(double cv2) {
  const double mean = seconds(mean_service) / 3600;
  if (cv2 == 0) return service(PointMass{mean});
  if (cv2 == 1) return service(Exponential{mean});
  return service(LogNormal::of_mean_cv(mean, std::sqrt(cv2)));
}

Row batched(std::string what, double expected, const Sample& sample, double tolerance = 0) {
  return measured(std::move(what), expected, sample.mean(), sample.se_batched(batch_count), tolerance);
}
Row little(const std::string& name, const QueueOutcome& out) {
  return exact(name + "Little: area / sum of sojourns", 1, out.area_in_system / out.total_sojourn, 1e-9);
}
std::string plain(double value) {
  std::string text = std::to_string(value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

void erlang_rows(const Queue& queue, const QueueOutcome& out, std::vector<Row>& rows) {
  const auto c = static_cast<std::uint32_t>(queue.slots);
  const double a = queue.streams[0].erlangs;
  const std::string name = "c=" + std::to_string(c) + " a=" + plain(a) + " ";
  const Measured& stream = out.streams[0];
  if (queue.waits) {
    const double waiting = theory::erlang_c(c, a);
    const double wait = waiting / (c - a);
    rows.push_back(batched(name + "Erlang C", waiting, stream.delayed));
    rows.push_back(batched(name + "mean wait / service", wait, stream.wait));
    rows.push_back(measured(name + "orders waiting", a * wait, out.waiting.mean(), out.waiting.se()));
  } else {
    const double blocking = theory::erlang_b(c, a);
    rows.push_back(batched(name + "Erlang B", blocking, stream.lost));
    rows.push_back(
        measured(name + "utilisation", a * (1 - blocking) / c, out.utilisation.mean(), out.utilisation.se()));
  }
}

Result<std::vector<Row>> erlang_check(const CheckInput& in) {
  const auto servers = in.numbers("servers", 1, 384);
  if (!servers) return Unexpected{servers.error()};
  const auto loads = in.numbers("erlangs", 0.01, 1000);
  if (!loads) return Unexpected{loads.error()};
  if (servers->size() != loads->size())
    return fail("parameters servers and erlangs: give as many of one as of the other");
  std::vector<Queue> queues;
  std::vector<std::uint32_t> told;
  for (std::size_t i = 0; i < servers->size(); ++i) {
    for (bool waits : {false, true}) {
      const auto slots = static_cast<std::uint32_t>((*servers)[i]);
      if (waits && (*loads)[i] >= slots) continue;
      queues.push_back(
          {in.seed, in.n, slots + (in.broken ? 1 : 0), waits, {{1, (*loads)[i], service_of(1)}}});
      told.push_back(slots);
    }
  }
  // Insensitivity: the same blocking for lifetimes of any shape. Stated for five times the sample.
  const std::size_t shaped = queues.size();
  for (double cv2 : {0.0, 4.0})
    queues.push_back({in.seed, 5 * in.n, 10U + (in.broken ? 1 : 0), false, {{1, 8, service_of(cv2)}}});
  const double tolerance = in.n >= 1'000'000 ? .0015 : 0;
  const auto outcomes = run_all(queues);
  if (!outcomes) return Unexpected{outcomes.error()};
  std::vector<Row> rows;
  for (std::size_t i = 0; i < shaped; ++i) {
    queues[i].slots = told[i];
    erlang_rows(queues[i], (*outcomes)[i], rows);
  }
  const double blocking = theory::erlang_b(10, 8);
  rows.push_back(batched("c=10 a=8 Erlang B, fixed lifetimes", blocking, (*outcomes)[shaped].streams[0].lost,
                         tolerance));
  rows.push_back(batched("c=10 a=8 Erlang B, lognormal cv2=4", blocking,
                         (*outcomes)[shaped + 1].streams[0].lost, tolerance));
  return rows;
}

Result<std::vector<Row>> single_server_check(const CheckInput& in) {
  const auto load = in.number("load", 0.01, 0.95);
  if (!load) return Unexpected{load.error()};
  const auto cv2s = in.numbers("cv2", 0, 20);
  if (!cv2s) return Unexpected{cv2s.error()};
  std::vector<Queue> queues;
  for (double cv2 : *cv2s)
    queues.push_back({in.seed, in.n, in.broken ? 2U : 1U, true, {{1, *load, service_of(cv2)}}});
  const auto outcomes = run_all(queues);
  if (!outcomes) return Unexpected{outcomes.error()};
  std::vector<Row> rows;
  for (std::size_t i = 0; i < queues.size(); ++i) {
    const std::string name = "load " + plain(*load) + " cv2=" + plain((*cv2s)[i]) + " ";
    rows.push_back(batched(name + "mean wait / service", theory::mg1_wait(*load, (*cv2s)[i]),
                           (*outcomes)[i].streams[0].wait));
    rows.push_back(little(name, (*outcomes)[i]));
  }
  return rows;
}

/// Pools of the published table: capacity; sizes; loads.
struct PoolCase {
  double capacity;
  std::vector<double> sizes, loads;
};

Result<std::vector<PoolCase>> pool_cases(const CheckInput& in) {
  const auto capacity = in.number("capacity", 0, 384);
  if (!capacity) return Unexpected{capacity.error()};
  if (*capacity == 0)
    return std::vector<PoolCase>{{64, {1, 8}, {30, 2}}, {16, {1, 8}, {6, .5}}, {8, {1, 2, 8}, {3, 1, .2}}};
  const auto sizes = in.numbers("sizes", 1, 384);
  if (!sizes) return Unexpected{sizes.error()};
  const auto loads = in.numbers("erlangs", 0.001, 1000);
  if (!loads) return Unexpected{loads.error()};
  if (sizes->size() != loads->size())
    return fail("parameters sizes and erlangs: give as many of one as of the other");
  return std::vector<PoolCase>{{*capacity, *sizes, *loads}};
}

Result<std::vector<Row>> pool_check(const CheckInput& in) {
  const auto cases = pool_cases(in);
  if (!cases) return Unexpected{cases.error()};
  std::vector<Queue> queues;
  for (const PoolCase& one : *cases) {
    Queue queue{in.seed, in.n, static_cast<std::uint32_t>(one.capacity) + (in.broken ? 1 : 0), false, {}};
    for (std::size_t i = 0; i < one.sizes.size(); ++i)
      queue.streams.push_back({static_cast<std::uint32_t>(one.sizes[i]), one.loads[i], service_of(1)});
    queues.push_back(queue);
  }
  const auto outcomes = run_all(queues);
  if (!outcomes) return Unexpected{outcomes.error()};
  std::vector<Row> rows;
  for (std::size_t i = 0; i < cases->size(); ++i) {
    const PoolCase& one = (*cases)[i];
    std::vector<theory::LossClass> classes;
    for (const Stream& stream : queues[i].streams) classes.push_back({stream.size, stream.erlangs});
    const auto expected = theory::kaufman_roberts(static_cast<std::uint32_t>(one.capacity), classes);
    const std::string name = "C=" + plain(one.capacity) + " ";
    for (std::size_t k = 0; k < classes.size(); ++k) {
      rows.push_back(batched(name + "size " + std::to_string(classes[k].size) + " blocking",
                             expected.blocking[k], (*outcomes)[i].streams[k].lost));
    }
    rows.push_back(measured(name + "utilisation", expected.utilisation, (*outcomes)[i].utilisation.mean(),
                            (*outcomes)[i].utilisation.se()));
  }
  return rows;
}

}  // namespace

std::vector<Check> queue_checks() {
  const char* one_more = "the provider has one slot more than told";
  return {
      {"V13",
       "Erlang loss and delay",
       one_more,
       1'000'000,
       {{"servers", "1,5,10,10,20,50,100,100,100,200", "slots c, one per system"},
        {"erlangs", ".5,3,5,8,15,40,80,90,100,180", "offered load a, one per system"}},
       erlang_check},
      {"V14",
       "Single server: M/M/1, M/D/1, M/G/1, and Little's law",
       one_more,
       1'000'000,
       {{"load", "0.8", "offered load"}, {"cv2", "1,0,4", "squared coefficient of variation of lifetimes"}},
       single_server_check},
      {"V15",
       "Multi-class loss in one pool (Kaufman-Roberts)",
       one_more,
       1'000'000,
       {{"capacity", "0", "slots C; 0 = the three published pools"},
        {"sizes", "1,8", "slots per order of each class"},
        {"erlangs", "30,2", "offered load of each class"}},
       pool_check},
  };
}

}  // namespace souk::scenarios
