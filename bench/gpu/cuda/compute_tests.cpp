#include <bit>
#include <cmath>
#include <functional>

#include "bench/gpu/cuda/gemm.hpp"
#include "bench/gpu/cuda/kernels.hpp"
#include "bench/gpu/cuda/tests.hpp"
#include "bench/gpu/cuda/tile.hpp"
#include "bench/gpu/issue_reference.hpp"

namespace souk::gpu {
namespace {

constexpr int fma_steps = 16384;
constexpr int issue_steps = 64 * issue_restart;

/// What an issue-rate kernel leaves behind: `results` sets of 128 words per unit (warp or warpgroup), every
/// unit computing the same.
struct IssueKernel {
  std::string path;
  std::size_t words_per_unit;
  int units;
  double operations_per_step;  ///< of one unit
  int repeats;                 ///< how often the product of `expected` was added to a result
  std::function<cudaError_t(std::uint32_t*, cudaStream_t)> launch;
  std::function<DotProduct(std::size_t word)> expected;
};

IssueKernel mma_issue(Type type, int multiprocessors) {
  const int blocks = multiprocessors * mma_issue_blocks_per_sm;
  const double k = instruction_bytes / bytes_of(type);
  return {
      .path = "mma",
      .words_per_unit = std::size_t{mma_issue_results} * 128,
      .units = blocks * (mma_issue_threads / 32),
      .operations_per_step = 2.0 * 16 * 8 * k * mma_issue_results,
      .repeats = type == Type::int8 ? issue_steps : issue_restart,
      .launch = [=](std::uint32_t* out,
                    cudaStream_t stream) { return launch_issue_mma(type, out, issue_steps, blocks, stream); },
      .expected =
          [=](std::size_t word) {
            const int result = static_cast<int>(word / 128);
            return mma_issue_product(type, result / mma_issue_b, result % mma_issue_b,
                                     static_cast<int>(word % 128 / 4), static_cast<int>(word % 4));
          }};
}

IssueKernel wgmma_issue(Type type, int multiprocessors) {
  const double k = wgmma_step_bytes / bytes_of(type);
  return {.path = "wgmma",
          .words_per_unit = std::size_t{128} * 128,
          .units = multiprocessors * (wgmma_issue_threads / 128),
          .operations_per_step = 2.0 * 64 * tile_columns * k,
          .repeats = type == Type::int8 ? issue_steps : issue_restart,
          .launch =
              [=](std::uint32_t* out, cudaStream_t stream) {
                return launch_issue_wgmma(type, out, issue_steps, multiprocessors, stream);
              },
          .expected =
              [=](std::size_t word) {
                return wgmma_issue_product(type, static_cast<int>(word / 128), static_cast<int>(word % 128));
              }};
}

/// Unit 0 against the CPU, every other unit against unit 0, bit for bit.
void check_issue(Session& session, Type type, const IssueKernel& kernel, const std::string& test,
                 const std::vector<std::uint32_t>& words) {
  for (std::size_t i = 0; i < kernel.words_per_unit; ++i) {
    const DotProduct once = kernel.expected(i);
    bool right = false;
    if (type == Type::int8) {
      right = words[i] == static_cast<std::uint32_t>(static_cast<std::int64_t>(once.value) * kernel.repeats);
    } else {
      const double got = std::bit_cast<float>(words[i]);
      // Up to `repeats` roundings of a sum that grows: each as large as a whole product's.
      const double slack = rounding_tolerance(type) * once.magnitude * kernel.repeats;
      right = std::abs(got - once.value * kernel.repeats) <= slack;
    }
    if (!right) session.wrong(test, "word " + std::to_string(i) + " differs from the CPU's");
  }
  for (std::size_t i = kernel.words_per_unit; i < words.size(); ++i) {
    if (words[i] != words[i % kernel.words_per_unit])
      session.wrong(test, "unit " + std::to_string(i / kernel.words_per_unit) + " differs from unit 0");
  }
}

void measure_issue(Session& session, Report& report, Type type, const IssueKernel& kernel) {
  const std::string test = std::string("issue_") + name_of(type) + "_" + kernel.path;
  const std::size_t words = kernel.words_per_unit * static_cast<std::size_t>(kernel.units);
  const DeviceBuffer out = session.device_buffer(words * 4, test);
  const double tera = kernel.operations_per_step * issue_steps * kernel.units / 1e12;
  Measurement m = session.measure(test, unit_of(type), tera, [&](cudaStream_t stream, int, int count) {
    for (int i = 0; i < count; ++i)
      session.check(kernel.launch(out.as<std::uint32_t>(), stream), "launch", test);
  });
  check_issue(session, type, kernel, test, session.download(out.as<std::uint32_t>(), words, test));
  m.how = "random operands held in " + std::string(kernel.path == "mma" ? "registers" : "shared memory");
  m.check = type == Type::int8 ? "every result of every unit exact, modulo 2^32"
                               : "every result within rounding of the CPU's, and alike in every unit";
  report.measurements.push_back(std::move(m));
}

}  // namespace

void test_fp32(Session& session, Report& report) {
  const std::string test = "fp32_fma";
  const int blocks = session.device().multiprocessors * fma_blocks_per_sm;
  const std::size_t results = static_cast<std::size_t>(blocks) * fma_threads;
  const DeviceBuffer sums = session.device_buffer(results * 4, test);
  const double tera = 2.0 * fma_chains * fma_steps * static_cast<double>(results) / 1e12;
  Measurement m = session.measure(test, "TFLOP/s", tera, [&](cudaStream_t stream, int, int count) {
    for (int i = 0; i < count; ++i)
      session.check(launch_fma(sums.as<float>(), fma_steps, blocks, stream), "launch", test);
  });
  std::vector<std::uint32_t> expected(fma_threads);
  for (int thread = 0; thread < fma_threads; ++thread)
    expected[static_cast<std::size_t>(thread)] = std::bit_cast<std::uint32_t>(fma_sum(thread, fma_steps));
  const auto got = session.download(sums.as<std::uint32_t>(), results, test);
  for (std::size_t i = 0; i < results; ++i) {
    if (got[i] != expected[i % fma_threads])
      session.wrong(test, "the sum of thread " + std::to_string(i) + " differs from the CPU's");
  }
  m.how = "8 independent chains of fused multiply-adds per thread, 8 x 256 threads per SM";
  m.check = "the sum of every thread equals the CPU's bit for bit";
  report.measurements.push_back(std::move(m));
}

void test_issue(Session& session, Report& report) {
  const int sms = session.device().multiprocessors;
  for (const Type type : tensor_types) {
    if (mma_supports(type, session.device().compute_capability))
      measure_issue(session, report, type, mma_issue(type, sms));
    else
      report.waived.push_back({std::string("issue_") + name_of(type) + "_mma", "this chip has no such mma"});
    if (!has_wgmma(session.device())) continue;
    session.check(prepare_issue_wgmma(type), "cudaFuncSetAttribute", "issue_wgmma");
    measure_issue(session, report, type, wgmma_issue(type, sms));
  }
}

}  // namespace souk::gpu
