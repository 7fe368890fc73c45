#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "actors/base/distributions.hpp"
#include "scenarios/lab.hpp"

/// Queues for `souk validate`: Poisson tenants rent slots of one provider. A slot is one CPU thread of one
/// node; an order that finds none free is lost (the tenant gives up) or waits (the provider keeps it, first
/// in, first out).
namespace souk::scenarios {

/// Blocks are a millionth of a service, so that the blocks between order, bid and lease weigh nothing.
inline constexpr Duration queue_block = std::chrono::milliseconds(1);
inline constexpr Duration mean_service = std::chrono::seconds(1000);
/// Of all observations of a queue, for standard errors.
inline constexpr std::size_t batch_count = 50;
/// Orders of one kind.
struct Stream {
  std::uint32_t size = 1;  ///< slots per order
  double erlangs = 0;
  Distribution service;  ///< hours, of mean mean_service
};

/// One experiment.
struct Queue {
  std::uint64_t seed = 1;
  std::uint64_t n = 0;  ///< arrivals, all streams together
  std::uint32_t slots = 1;
  bool waits = false;
  std::vector<Stream> streams;
};

/// Of one stream of orders, in the order of arrival, warm-up cut. What the queue can not do is left out.
struct Measured {
  Sample lost;     ///< 0 or 1
  Sample delayed;  ///< 0 or 1
  Sample wait;     ///< in mean services
};
/// What came of a queue.
struct QueueOutcome {
  std::vector<Measured> streams;
  Sample utilisation;         ///< slot-time leased / slot-time there, one value per batch of arrivals
  Sample waiting;             ///< time-average number of orders waiting, one value per batch
  double area_in_system = 0;  ///< integral of orders waiting or leased, in mean services
  double total_sojourn = 0;   ///< sum over orders of the time from order to close, in mean services

  void append(const QueueOutcome& later) {
    streams.resize(later.streams.size());
    for (std::size_t i = 0; i < streams.size(); ++i) {
      streams[i].lost.append(later.streams[i].lost);
      streams[i].delayed.append(later.streams[i].delayed);
      streams[i].wait.append(later.streams[i].wait);
    }
    utilisation.append(later.utilisation);
    waiting.append(later.waiting);
    area_in_system += later.area_in_system;
    total_sojourn += later.total_sojourn;
  }
};

/// Runs the queues side by side, each in as many markets as its arrivals need. Errors: the first one's; fewer
/// than 500 arrivals.
Result<std::vector<QueueOutcome>> run_all(const CheckInput& in, const std::vector<Queue>& queues);

}  // namespace souk::scenarios
