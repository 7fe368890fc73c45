#pragma once

#include "actors/base/result.hpp"
#include "actors/capacity/arithmetic.hpp"
#include "actors/capacity/verifier.hpp"
#include "bench/gpu/proof_file.hpp"

/// One test challenge from end to end, both sides on this machine.
namespace souk::gpu {

/// What the steps of a proof took by this program's own clock, in seconds. It proves nothing.
struct Spent {
  double fill = 0;
  double sweep = 0;
  double open = 0;

  double timed() const { return fill + sweep; }  ///< what validators would time
};

/// int8 operations of a whole fill, in units of 1e12: 2 k^3 R.
double fill_tera_operations(const capacity::Params& params);
/// Bytes that all sweeps read, in units of 1e9: S N k^2.
double sweep_gigabytes(const capacity::Params& params);

/// Answers `file` on `arithmetic`; nobody is too slow on one machine. Errors: the arithmetic's.
Result<ProofFile> prove(const TestChallenge& file, capacity::Arithmetic& arithmetic, Spent& spent);

/// The verdict on `proof`, on the CPU.
capacity::Verdict verify(const TestChallenge& file, const ProofFile& proof);

}  // namespace souk::gpu
