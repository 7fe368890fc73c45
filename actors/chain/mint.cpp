#include "actors/chain/mint.hpp"

#include <algorithm>

#include "actors/base/codec.hpp"

namespace souk {
namespace {

constexpr auto scale_u64 = static_cast<std::uint64_t>(Dec::scale);

/// numerator / divisor in raw units of Dec, as LegacyDec.Quo rounds: half to even, looking at no more than
/// the next 18 decimals. So a remainder is a half even if something follows in the 19th. REQUIRES: divisor <
/// 2^63.
constexpr i128 rounded_quotient(u128 numerator, std::uint64_t divisor) {
  u128 quotient = numerator / divisor;
  const auto remainder = static_cast<std::uint64_t>(numerator % divisor);
  const std::uint64_t twice = 2 * remainder;
  if (twice < divisor) return static_cast<i128>(quotient);
  // The 18 decimals are floor(remainder x 10^18 / divisor); they are exactly a half if what goes beyond the
  // half is less than one of them.
  const bool is_half = static_cast<u128>(twice - divisor) * (scale_u64 / 2) < divisor;
  if (!is_half || (quotient & 1) != 0) ++quotient;
  return static_cast<i128>(quotient);
}

/// LegacyDec.Mul of a small factor; Dec::mul where it is not small.
Dec product(Dec a, Dec b) {
  const u128 x = static_cast<u128>(a.is_negative() ? -a.raw() : a.raw());
  if (x > INT64_MAX || b.is_negative() || b.raw() > Dec::scale) return Dec::mul(a, b);
  const u128 exact = x * static_cast<u128>(b.raw());
  u128 quotient = exact / scale_u64;
  const auto remainder = static_cast<std::uint64_t>(exact % scale_u64);
  if (remainder > scale_u64 / 2 || (remainder == scale_u64 / 2 && (quotient & 1) != 0)) ++quotient;
  const auto raw = static_cast<i128>(quotient);
  return Dec::from_raw(a.is_negative() ? -raw : raw);
}

/// By how much a block changes the inflation, before bounds.
Dec change_per_block(const MintParams& params, Dec bonded_ratio) {
  const i128 of_goal = rounded_quotient(static_cast<u128>(bonded_ratio.raw()) * scale_u64,
                                        static_cast<std::uint64_t>(params.goal_bonded.raw()));
  const Dec per_year = product(Dec::from_int(1) - Dec::from_raw(of_goal), params.inflation_rate_change);
  const u128 magnitude = static_cast<u128>(per_year.is_negative() ? -per_year.raw() : per_year.raw());
  const i128 change = rounded_quotient(magnitude, static_cast<std::uint64_t>(params.blocks_per_year));
  return Dec::from_raw(per_year.is_negative() ? -change : change);
}

}  // namespace

Dec Minter::bonded_ratio(Amount bonded, Amount supply) {
  if (supply.micro <= 0) return {};
  return Dec::from_raw(static_cast<i128>(static_cast<u128>(bonded.micro) * scale_u64 /
                                         static_cast<std::uint64_t>(supply.micro)));
}

Provision Minter::next_at(const MintParams& params, Dec bonded_ratio, Amount supply) {
  // At a bound, with the ratio still pushing against it, nothing can change.
  const bool rests = (inflation_ == params.inflation_max && bonded_ratio <= params.goal_bonded) ||
                     (inflation_ == params.inflation_min && bonded_ratio >= params.goal_bonded);
  if (!rests) {
    if (bonded_ratio != known_ratio_ || params != known_params_) {
      known_params_ = params;
      known_ratio_ = bonded_ratio;
      known_change_ = change_per_block(params, bonded_ratio);
    }
    inflation_ = std::max(std::min(inflation_ + known_change_, params.inflation_max), params.inflation_min);
  }
  const i128 annual = inflation_.raw() * static_cast<i128>(supply.micro);
  annual_provisions_ = Dec::from_raw(annual);
  // Truncated to whole units last; the floors may be taken in either order.
  const auto whole = static_cast<std::int64_t>(static_cast<u128>(annual) / scale_u64);
  return {bonded_ratio, inflation_, annual_provisions_, {whole / params.blocks_per_year}};
}

void Minter::append_state(std::vector<std::uint8_t>& out) const {
  encode_to(out, inflation_);
  encode_to(out, annual_provisions_);
}

}  // namespace souk
