#include "actors/capacity/score.hpp"

#include <algorithm>

#include "actors/base/money.hpp"

namespace souk::capacity {
namespace {

constexpr auto components = {&CapacityVector::int8_ops_s, &CapacityVector::memory_bytes_s,
                             &CapacityVector::vram_bytes};

/// floor(1000 part / whole). REQUIRES: whole > 0.
std::uint64_t permille(std::uint64_t part, std::uint64_t whole) {
  const auto ratio = static_cast<i128>(part) * 1000 / static_cast<i128>(whole);
  return static_cast<std::uint64_t>(std::min<i128>(ratio, UINT64_MAX));
}

}  // namespace

std::uint64_t fit_permille(const CapacityVector& measured, const CapacityVector& reference) {
  std::optional<std::uint64_t> least;
  for (const auto component : components) {
    if (reference.*component == 0) continue;
    const std::uint64_t ratio = permille(measured.*component, reference.*component);
    least = std::min(least.value_or(ratio), ratio);
  }
  return least.value_or(1000);
}

std::uint64_t excess_permille(const CapacityVector& measured, const CapacityVector& reference) {
  std::optional<std::uint64_t> most;
  for (const auto component : components) {
    if (reference.*component == 0) continue;
    const std::uint64_t ratio = permille(measured.*component, reference.*component);
    most = std::max(most.value_or(ratio), ratio);
  }
  return most.value_or(1000);
}

bool holds_singly(const CapacityVector& measured, const CapacityVector& claimed) {
  return fit_permille(measured, claimed) >= single_proof_permille;
}

void ScoreWindow::add(const CapacityVector& proof) {
  proofs_[next_] = proof;
  next_ = (next_ + 1) % proofs_max;
  count_ = std::min(count_ + 1, proofs_max);
}

CapacityVector ScoreWindow::score() const {
  CapacityVector median;
  if (count_ == 0) return median;
  for (const auto component : components) {
    std::array<std::uint64_t, proofs_max> values{};
    for (std::size_t i = 0; i < count_; ++i) values[i] = proofs_[i].*component;
    const auto end = values.begin() + static_cast<std::ptrdiff_t>(count_);
    std::sort(values.begin(), end);
    median.*component = values[(count_ - 1) / 2];
  }
  return median;
}

std::optional<ClassMatch> classify(const CapacityVector& score, std::span<const CapacityClass> table,
                                   std::uint32_t tolerance_permille) {
  std::optional<ClassMatch> best;
  std::uint64_t least_excess = 0;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::uint64_t fit = fit_permille(score, table[row].reference);
    const std::uint64_t excess = excess_permille(score, table[row].reference);
    if (fit < tolerance_permille || (best && excess >= least_excess)) continue;
    best = ClassMatch{row, fit};
    least_excess = excess;
  }
  return best;
}

}  // namespace souk::capacity
