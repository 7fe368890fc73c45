#include "bench/gpu/protocol.hpp"

#include <chrono>
#include <cmath>
#include <optional>
#include <vector>

#include "actors/capacity/prover.hpp"
#include "bench/gpu/keys.hpp"

namespace souk::gpu {
namespace {

using Nonces = std::vector<std::optional<Hash>>;

/// The `link` of each validator's nonce chain.
Nonces nonces_of(const TestChallenge& file, Hash capacity::NonceChain::* link) {
  Nonces nonces;
  for (const Hash& secret : file.secrets) nonces.emplace_back(capacity::NonceChain(secret).*link);
  return nonces;
}

/// Runs `step` and adds what it took to `spent`, in seconds.
template <class Step>
auto timed(double& spent, Step step) {
  const auto start = std::chrono::steady_clock::now();
  auto result = step();
  spent += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace

double fill_tera_operations(const capacity::Params& params) {
  return 2e-12 * std::pow(params.k(), 3) * params.rounds();
}
double sweep_gigabytes(const capacity::Params& params) {
  return 1e-9 * params.sweeps * static_cast<double>(params.total_bytes());
}

Result<ProofFile> prove(const TestChallenge& file, capacity::Arithmetic& arithmetic, Spent& spent) {
  using capacity::NonceChain;
  capacity::Prover prover(file.challenge, arithmetic, signer(file.provider_seed));
  const auto fill = timed(spent.fill, [&] { return prover.fill(nonces_of(file, &NonceChain::n)); });
  if (!fill) return Unexpected{fill.error()};
  const auto sweep = timed(spent.sweep, [&] { return prover.sweep(nonces_of(file, &NonceChain::m)); });
  if (!sweep) return Unexpected{sweep.error()};
  auto transcript =
      timed(spent.open, [&] { return prover.transcript(file.seed_block, nonces_of(file, &NonceChain::z)); });
  if (!transcript) return Unexpected{transcript.error()};
  return ProofFile{*fill, *sweep, std::move(*transcript)};
}

capacity::Verdict verify(const TestChallenge& file, const ProofFile& proof) {
  capacity::Record record{file.challenge, proof.fill, proof.sweep, {}, file.seed_block};
  for (const Hash& secret : file.secrets) record.nonces.push_back({std::nullopt, std::nullopt, secret});
  const capacity::EpochCheck check(file.challenge.epoch, file.challenge.params.k(), random_hash());
  capacity::VerifierOptions options;
  options.scope = capacity::Scope::tests;
  return capacity::verify(record, proof.transcript, check, random_hash(), signature_check(), options);
}

}  // namespace souk::gpu
