#include "scenarios/queues.hpp"

#include <algorithm>
#include <map>
#include <memory>

namespace souk::scenarios {
namespace {

/// A wait below this is the protocol's own (order, bid and lease take a block each).
constexpr Duration protocol_wait = std::chrono::milliseconds(50);
/// Arrivals that one market sees at most; more come in several markets, each with a warm-up of its own that
/// is cut off. Much longer than a queue remembers: some hundred services at a load of 0.8.
constexpr std::uint64_t arrivals_per_market = 100'000;

/// Arrivals before a queue that starts empty is as full as it stays: one in fifty, and enough to fill all
/// slots many times over, but no more than half.
std::uint64_t warm_up_of(const Queue& queue) {
  double erlangs = 0;
  for (const Stream& stream : queue.streams) erlangs += stream.erlangs;
  const auto ten_services = static_cast<std::uint64_t>(10 * erlangs);
  return std::min(std::max(queue.n / 50, ten_services), queue.n / 2);
}

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
  segment.bid_window = queue_block * 20;
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
  Watch(const Queue& queue, std::uint64_t batches)
      : queue_(queue),
        warm_up_(warm_up_of(queue)),
        // Rounding may cost every stream an arrival.
        batch_size_((queue.n - warm_up_ - queue.streams.size()) / batches),
        orders_(queue.streams.size()) {
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
    if (arrivals_ > warm_up_) {
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
    ++arrivals_;
    if (arrivals_ >= warm_up_ && (arrivals_ - warm_up_) % batch_size_ == 0) end_batch(now);
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
    for (std::size_t i = entries.size() * warm_up_ / queue_.n; i < entries.size(); ++i) {
      const bool lost = entries[i].leased == time_max;
      if (!queue_.waits) {
        out.lost.add(lost ? 1 : 0);
        continue;
      }
      SOUK_CHECK(!lost && "who waits is served in the end");
      const Duration wait = entries[i].leased - entries[i].opened;
      out.delayed.add(wait > protocol_wait ? 1 : 0);
      out.wait.add(wait > protocol_wait ? seconds(wait) / seconds(mean_service) : 0);
    }
  }

  const Queue& queue_;
  std::uint64_t warm_up_;  ///< arrivals
  std::uint64_t batch_size_;
  QueueOutcome outcome_;
  std::vector<Orders> orders_;
  std::map<Address, std::size_t> stream_of_;
  Time previous_{};
  Areas batch_;
  double system_area_ = 0;
  std::uint64_t arrivals_ = 0;
  std::int64_t in_system_ = 0, leases_ = 0, slots_used_ = 0;
};

/// One market of `queue`, with the streams of `seed` instead of its own.
Result<QueueOutcome> run_queue(const Queue& queue, std::uint64_t seed, std::uint64_t batches) {
  LabSetup setup;
  setup.seed = seed;
  setup.block_time = queue_block;
  setup.providers = {pool(queue)};
  for (const Stream& stream : queue.streams) setup.tenants.push_back(renter(queue, stream));
  Watch watch(queue, batches);
  LabObserver observer;
  observer.on_chain = [&](const ChainNotice& notice) { watch.on_chain(notice); };
  auto ran = run_lab(setup, observer, std::chrono::hours(24 * 365 * 100));
  if (!ran) return Unexpected{ran.error()};
  return watch.take();
}

}  // namespace

Result<std::vector<QueueOutcome>> run_all(const CheckInput& in, const std::vector<Queue>& queues) {
  struct Part {
    std::size_t queue;
    std::uint64_t count, number;
  };
  std::vector<Part> parts;
  for (std::size_t i = 0; i < queues.size(); ++i) {
    if (queues[i].n < 10 * batch_count) return fail("--n is too small: give at least 500 arrivals");
    const std::uint64_t count = replication_count(queues[i].n, arrivals_per_market);
    for (std::uint64_t k = 0; k < count; ++k) parts.push_back({i, count, k});
  }
  std::vector<Result<QueueOutcome>> results(parts.size(), fail("not run"));
  in_parallel(in.crew, parts.size(), [&](std::size_t i) {
    const auto [index, count, number] = parts[i];
    Queue part = queues[index];
    part.n = replication_size(part.n, count, number);
    results[i] =
        run_queue(part, replication_seed(part.seed, number), std::max<std::uint64_t>(1, batch_count / count));
  });
  std::vector<QueueOutcome> outcomes(queues.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!results[i]) return Unexpected{results[i].error()};
    outcomes[parts[i].queue].append(*results[i]);
    results[i] = fail("taken");
  }
  return outcomes;
}

}  // namespace souk::scenarios
