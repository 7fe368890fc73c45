#pragma once

#include <cstdint>

#include "actors/base/hash.hpp"
#include "actors/base/time.hpp"
#include "actors/capacity/commit.hpp"
#include "actors/capacity/params.hpp"
#include "actors/capacity/score.hpp"
#include "actors/capacity/verifier.hpp"

/// A GPU for the simulator: how long it takes and whether its proof holds, without the arithmetic. Honest, or
/// cheating in a share of its work or its memory (gpu-capacity.md sections 4 and 5).
///
/// What a cheat buys, and what the openings see of it:
///
///   work eta    eta R / 2 links are junk. A junk state makes the next round cheap as well, so each saves two
///               products; that factor 2 is the most that is known (section 3 F7). The fill takes (1 - eta)
///               of its time. A uniform opening lands on a junk link with probability eta / 2:
///                   escape = (1 - eta / 2)^s_u
///               Junk is put as far below the checkpoints as it goes. With D < rho and eta <= 2 (rho - D) /
///               rho the checkpoint openings, which follow D links down, see none of it. Otherwise they see
///               some and more is caught: with rho = D = 2, escape = (1 - eta / 2)^s_u (1 - eta)^s_c.
///   memory phi  phi N checkpoints are not held; their sweep values are made up, or their sweeps left out,
///   and
///               the states are computed again for the openings. The sweeps take (1 - phi) of their time:
///                   escape = (1 - phi)^s_c
///   both        the product of the two.
///
/// For 64 and 32 openings: eta = 5 % is caught with 0.80, 10 % with 0.96; phi = 5 % with 0.81, 10 % with
/// 0.97. Not modelled: states computed again fast enough for the sweeps (residual phi <= 4 %, section 4),
/// sweeps by the host's CPU from its own memory (F9), and a second card nearby (R1 to R3); no opening sees
/// those.
namespace souk::capacity {

/// What a prover leaves out. Zeros: honest.
struct Cheat {
  double work = 0;    ///< eta, share of the fill's products, 0..1
  double memory = 0;  ///< phi, share of the checkpoints, 0..1
};

/// What a modelled GPU can do.
struct ModelledGpu {
  CapacityVector rates;  ///< sustained int8 and read rates, and the bytes it has
  Cheat cheat;
};

/// The answers that a real GPU would give to one challenge's orders. A function of its arguments: the
/// openings are drawn from the seed by the rules of the proof, so that all validators see the same verdict.
class ModelledProof {
 public:
  /// REQUIRES: params within their bounds, rates above zero, shares within 0..1.
  ModelledProof(const Params& params, const ModelledGpu& gpu);

  /// Whether the checkpoints that it does hold fit into its memory; a prover without room does not begin.
  bool fits() const;
  Duration fill_time() const;
  Duration sweep_time() const;
  /// Commits whose values stand for h_R and G_S; signatures are zeros.
  Commit fill_commit(const Hash& id, std::uint8_t mask) const;
  Commit sweep_commit(const Hash& id, std::uint8_t mask) const;
  /// What the verifier would say about the openings of `seed`: accepted, freivalds or sweep_value.
  Verdict verdict(const Hash& seed) const;
  /// The probability, over seeds, that the verdict is not `accepted`: exact, by counting the links and
  /// checkpoints that give the cheat away.
  double detection_probability() const;

 private:
  bool is_junk(std::uint32_t t) const;
  bool is_dropped(std::uint32_t checkpoint) const;
  bool shows_junk(std::uint32_t checkpoint) const;

  Params params_;
  ModelledGpu gpu_;
  std::uint32_t junk_links_;
  std::uint32_t dropped_states_;
};

}  // namespace souk::capacity
