#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "actors/base/result.hpp"
#include "actors/base/time.hpp"
#include "actors/capacity/params.hpp"
#include "actors/capacity/score.hpp"

/// From the validators' clocks to rates (gpu-capacity.md section 5, "Timing"). The prover's clock is never
/// asked, and each validator measures from its own sending, so that no clocks need to agree.
namespace souk::capacity {

/// The round trip credited to a prover: the shortest of its echoes, all from before the challenge. A prover
/// can hold echoes back, so the credit ends at 60 ms, and fewer than 8 echoes earn none.
class RoundTrips {
 public:
  static constexpr std::uint32_t count_min = 8;
  static constexpr Duration credit_max = std::chrono::milliseconds(60);

  /// A negative round trip (a clock that was set back) is not counted.
  void add(Duration round_trip);
  std::uint32_t count() const { return count_; }
  Duration credit() const;

 private:
  std::uint32_t count_ = 0;
  Duration shortest_ = Duration::max();
};

/// What one validator's clock showed; the letter of section 5 behind each. Absent where it has no stamp.
struct Stamps {
  std::optional<Time> first_nonce;   ///< tau0: it sent n
  std::optional<Time> fill_commit;   ///< tau1: a valid commit 1 came
  std::optional<Time> second_nonce;  ///< tau1': it sent m
  std::optional<Time> sweep_commit;  ///< tau2: a valid commit 2 came
  Duration credit{0};
  friend bool operator==(const Stamps&, const Stamps&) = default;
};

/// How long a proof took, by the median of the clocks.
struct Times {
  Duration fill{0};
  Duration sweep{0};
  friend constexpr bool operator==(const Times&, const Times&) = default;
};

/// Medians over the validators that have both stamps of a span, the credit taken off; an even count takes the
/// larger middle value. Errors: fewer than (V + 1) / 2 clocks for a span, a median that is not positive.
Result<Times> median_times(std::span<const Stamps> stamps, std::uint32_t validators);

/// All GPUs of one host, and all claims of one window, are challenged within this time: a card that answers
/// for two in turn, or lends its memory, then lacks it for its own proof (sections 3 F9 and 5).
inline constexpr Duration simultaneous_max = std::chrono::milliseconds(100);
/// Whether one validator's stamps tau0 of several challenges lie that close together.
bool are_simultaneous(std::span<const Time> first_nonces);

/// The rates that these times show. REQUIRES: both times positive, params within their bounds.
CapacityVector measured_capacity(const Params& params, const Times& times);

/// (V + 1) / 2: how many validators are a majority.
constexpr std::uint32_t majority(std::uint32_t validators) { return (validators + 1) / 2; }

}  // namespace souk::capacity
