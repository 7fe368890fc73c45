#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// What proofs of capacity are worth to the market: a vector of measured rates, never one number and never a
/// device's name (gpu-capacity.md sections 3 F10, 5 "Timing" and 8). Integers throughout, because the ledger
/// keeps them.
namespace souk::capacity {

/// What one proof showed, or a GPU's score.
struct CapacityVector {
  std::uint64_t int8_ops_s = 0;      ///< exact int8 multiplications and additions per second: 2 k^3 R / fill
  std::uint64_t memory_bytes_s = 0;  ///< bytes read per second: S N k^2 / sweep
  std::uint64_t vram_bytes = 0;      ///< bytes held: N k^2
  friend constexpr bool operator==(const CapacityVector&, const CapacityVector&) = default;
};

/// A proof alone is rejected only below this share of what is claimed, in any component: clocks jitter, and
/// the score is a median anyway (section 3 F10).
inline constexpr std::uint32_t single_proof_permille = 800;
/// A score this close below a class's reference still belongs to the class (section 8, "tolerance 10 %").
inline constexpr std::uint32_t class_permille = 900;

/// The smallest of the components' ratios measured / reference, in thousandths rounded down: how much of the
/// reference is surely there. Components whose reference is 0 are left out; 1000 if all are.
std::uint64_t fit_permille(const CapacityVector& measured, const CapacityVector& reference);
/// The largest of the same ratios, rounded down; 1000 if every reference is 0.
std::uint64_t excess_permille(const CapacityVector& measured, const CapacityVector& reference);
/// Whether one proof, taken alone, may stand for `claimed`: no component below 0.80 of it.
bool holds_singly(const CapacityVector& measured, const CapacityVector& claimed);

/// The last 24 proofs of one GPU. A failed proof counts as zeros: were it left out, a prover could fall
/// silent whenever it is slow and keep a clean score.
class ScoreWindow {
 public:
  static constexpr std::size_t proofs_max = 24;

  void add(const CapacityVector& proof);
  void add_failure() { add({}); }
  std::size_t proof_count() const { return count_; }
  /// The median of each component by itself. An even count takes the smaller middle value, as times take the
  /// larger: the doubt is the prover's. Zeros without any proof.
  CapacityVector score() const;

 private:
  std::array<CapacityVector, proofs_max> proofs_{};  ///< a ring; order does not matter to the median
  std::size_t count_ = 0;
  std::size_t next_ = 0;
};

/// A row of the on-chain class table. The label is for people; nothing is decided by it.
struct CapacityClass {
  std::string label;  ///< "H200-like"
  CapacityVector reference;
};
/// "class: H200-like (0.97)".
struct ClassMatch {
  std::size_t row = 0;
  std::uint64_t fit_permille = 0;
};

/// The class of a score: of the rows it reaches (every component at least `tolerance_permille` of the row's),
/// the one it exceeds least; of equals the first. Nothing if it reaches none.
std::optional<ClassMatch> classify(const CapacityVector& score, std::span<const CapacityClass> table,
                                   std::uint32_t tolerance_permille = class_permille);

}  // namespace souk::capacity
