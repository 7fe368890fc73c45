// What queueing theory says, of slots rented in the market.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "scenarios/queues.hpp"
#include "scenarios/theory.hpp"
#include "scenarios/validate_checks.hpp"

namespace souk::scenarios {
namespace {

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
  const auto outcomes = run_all(in, queues);
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
  const auto outcomes = run_all(in, queues);
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
  const auto outcomes = run_all(in, queues);
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
