#include <algorithm>
#include <array>

#include "bench/gpu/cuda/gemm.hpp"
#include "bench/gpu/cuda/tests.hpp"
#include "bench/gpu/gpu_arithmetic.hpp"
#include "bench/gpu/protocol.hpp"
#include "bench/gpu/test_challenge.hpp"

namespace souk::gpu {
namespace {

constexpr int whole_proofs = 3;       // each takes seconds; their scatter is shown like any other
constexpr double vram_share = 0.955;  // of the total: the goal is 0.95, the rest is the driver's
constexpr double vram_reserve = 1e9;  // at least left, bytes: context, code, and what tests hold

/// The recommended parameters at k = 8192 with as many states as the card is asked to hold.
Result<TestChallenge> full_challenge(const Device& device) {
  ChallengeArguments a;
  a.k = 8192;
  a.sweeps = 16;
  a.seed = 1;
  const auto total = static_cast<double>(device.memory_bytes);
  const double room = std::min(vram_share * total, total - vram_reserve);
  const double states = std::max(room, 0.0) / (double(a.k) * double(a.k));
  a.states = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(states), 1, 65'536 / a.rho);
  return make_test_challenge(a);
}

/// The median of `test` if it was measured before; 0 if not.
double measured_before(const Report& report, const std::string& test) {
  for (const Measurement& m : report.measurements) {
    if (m.test == test) return summarise(m.samples).median;
  }
  return 0;
}

/// Samples of `whole_proofs` proofs on one path, each verified on the CPU.
struct ProofSamples {
  std::vector<double> chain;  ///< TOPS
  std::vector<double> sweep;  ///< GB/s
  std::vector<double> timed;  ///< s
};
ProofSamples prove_repeatedly(Session& session, const TestChallenge& challenge, ProofPath path,
                              const std::string& test) {
  ProofSamples samples;
  auto arithmetic = gpu_arithmetic(session.device(), path);
  if (!arithmetic) throw GpuError(arithmetic.error().message);
  if (const auto reserved = (*arithmetic)->reserve(challenge.challenge.params); !reserved)
    throw GpuError(reserved.error().message);
  for (int n = 0; n < whole_proofs; ++n) {
    Spent spent;
    const auto proof = prove(challenge, **arithmetic, spent);
    if (!proof) throw GpuError(proof.error().message);
    const capacity::Verdict verdict = verify(challenge, *proof);
    if (verdict != capacity::Verdict::accepted)
      session.wrong(test, "the verifier says " + std::string(capacity::verdict_name(verdict)));
    const capacity::Params& params = challenge.challenge.params;
    samples.chain.push_back(fill_tera_operations(params) / spent.fill);
    samples.sweep.push_back(sweep_gigabytes(params) / spent.sweep);
    samples.timed.push_back(spent.timed());
  }
  return samples;
}

}  // namespace

void test_proof(Session& session, Report& report) {
  const Device& device = session.device();
  const auto challenge = full_challenge(device);
  if (!challenge)
    throw GpuError("GPU " + std::to_string(device.index) + ": proof: " + challenge.error().message);
  const capacity::Params& params = challenge->challenge.params;
  Measurement common;
  common.how = "k = 8192, N = " + std::to_string(params.states) +
               ", rho = " + std::to_string(params.rounds_per_state) +
               ", S = " + std::to_string(params.sweeps) + ", timed by this program, not by validators";
  common.check = "every proof accepted by the CPU's verifier";
  const auto add = [&](const std::string& test, const char* unit,
                       std::vector<double> samples) -> Measurement& {
    Measurement& m = report.measurements.emplace_back(common);
    m.test = test;
    m.unit = unit;
    m.samples = std::move(samples);
    return m;
  };
  const auto compare = [&](Measurement& m, const std::string& with) {
    m.reference = measured_before(report, with);
    if (m.reference > 0) m.reference_name = "our own " + with;
  };

  const bool wgmma = has_wgmma(device);
  ProofSamples taken = prove_repeatedly(session, *challenge, ProofPath::mma, "proof_chain_mma");
  compare(add("proof_chain_mma", "TOPS", taken.chain), "gemm_int8_mma");
  if (wgmma) {
    taken = prove_repeatedly(session, *challenge, ProofPath::wgmma, "proof_chain_wgmma");
    compare(add("proof_chain_wgmma", "TOPS", taken.chain), "gemm_int8_wgmma");
  }
  compare(add("proof_sweep", "GB/s", taken.sweep), "memory_read");
  add("proof_seconds", "s", taken.timed).lower_is_better = true;
  Measurement& vram = add("proof_vram", "GB", {static_cast<double>(params.total_bytes()) / 1e9});
  vram.reference_name = "total the driver states";
  vram.reference = static_cast<double>(device.memory_bytes) / 1e9;
}

}  // namespace souk::gpu
