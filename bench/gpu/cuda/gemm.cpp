#include "bench/gpu/cuda/gemm.hpp"

#include <bit>
#include <chrono>
#include <cmath>

#include "bench/gpu/cuda/cublaslt.hpp"
#include "bench/gpu/cuda/tests.hpp"

namespace souk::gpu {

Gemm::Gemm(Session& session, Type type, int n)
    : session_(session),
      type_(type),
      n_(n),
      a_(session.device_buffer(static_cast<std::size_t>(n) * n * bytes_of(type), "gemm")),
      b_(session.device_buffer(a_.size(), "gemm")),
      c_(session.device_buffer(static_cast<std::size_t>(n) * n * 4, "gemm")) {}

void Gemm::fill(Fill fill) {
  session_.check(launch_fill(a_.as<std::uint32_t>(), a_.size() / 4, seed_a, type_, fill, session_.stream()),
                 "launch", "fill");
  session_.check(launch_fill(b_.as<std::uint32_t>(), b_.size() / 4, seed_b, type_, fill, session_.stream()),
                 "launch", "fill");
  session_.wait("fill");
}

void Gemm::prepare(bool wgmma) {
  const int k_bytes = n_ * bytes_of(type_);
  if (!wgmma) {
    session_.check(prepare_gemm_mma(type_, session_.device().compute_capability), "cudaFuncSetAttribute",
                   "gemm_mma");
    return;
  }
  const char* call = "";
  const cudaError_t status = plan_gemm_wgmma(type_, a_.as(), b_.as(), c_.as(), n_, n_, k_bytes, plan_, call);
  session_.check(status, call, "gemm_wgmma");
}

void Gemm::launch(bool wgmma, cudaStream_t stream) const {
  const Device& device = session_.device();
  const cudaError_t status = wgmma ? launch_gemm_wgmma(type_, plan_, device.multiprocessors, stream)
                                   : launch_gemm_mma(type_, device.compute_capability, a_.as(), b_.as(),
                                                     c_.as(), n_, n_, n_ * bytes_of(type_), stream);
  session_.check(status, "launch", wgmma ? "gemm_wgmma" : "gemm_mma");
}

void Gemm::clear() {
  session_.check(cudaMemsetAsync(c_.as(), 0xFF, c_.size(), session_.stream()), "cudaMemset", "gemm");
}

void Gemm::check_exact(Fill fill, const std::string& test) const {
  constexpr int rows_at_once = 256;
  const ExactProduct product(type_, fill, n_, n_);
  const auto width = static_cast<std::size_t>(n_);
  for (int first = 0; first < n_; first += rows_at_once) {
    const auto words = session_.download(c_.as<std::uint32_t>() + static_cast<std::size_t>(first) * width,
                                         rows_at_once * width, test);
    for (int row = 0; row < rows_at_once; ++row) {
      const std::span<const std::uint32_t> line(words.data() + static_cast<std::size_t>(row) * width, width);
      if (!product.row_holds(first + row, line))
        session_.wrong(test, "row " + std::to_string(first + row) + " of the product");
    }
  }
}

void Gemm::check_sampled(Fill fill, const std::string& test) const {
  for (std::uint32_t i = 0; i < 256; ++i) {
    const int row = static_cast<int>(random_word(1, i) % static_cast<std::uint32_t>(n_));
    const int column = static_cast<int>(random_word(2, i) % static_cast<std::uint32_t>(n_));
    const std::size_t at =
        static_cast<std::size_t>(row) * static_cast<std::size_t>(n_) + static_cast<std::size_t>(column);
    const std::uint32_t word = session_.download(c_.as<std::uint32_t>() + at, 1, test).front();
    const DotProduct expected = dot_product(type_, fill, row, column, n_);
    const double got = type_ == Type::int8 ? static_cast<double>(static_cast<std::int32_t>(word))
                                           : static_cast<double>(std::bit_cast<float>(word));
    if (!(std::abs(got - expected.value) <= rounding_tolerance(type_) * expected.magnitude))
      session_.wrong(test, "element (" + std::to_string(row) + ", " + std::to_string(column) + ") is " +
                               std::to_string(got) + ", the CPU's is " + std::to_string(expected.value));
  }
}

std::uint32_t Gemm::checksum() const {
  const DeviceBuffer sum = session_.device_buffer(4, "gemm");
  session_.check(cudaMemsetAsync(sum.as(), 0, 4, session_.stream()), "cudaMemset", "gemm");
  session_.check(launch_read(c_.as(), c_.size(), sum.as<std::uint32_t>(), {8, 2},
                             session_.device().multiprocessors, session_.stream()),
                 "launch", "memory_read");
  return session_.download(sum.as<std::uint32_t>(), 1, "gemm").front();
}

double Gemm::tera_operations() const { return 2e-12 * n_ * double(n_) * n_; }

namespace {

/// Checks the path on exact operands, then measures and checks it on random ones.
Measurement measure_path(Session& session, Gemm& gemm, Type type, bool wgmma) {
  const std::string test = std::string("gemm_") + name_of(type) + (wgmma ? "_wgmma" : "_mma");
  gemm.prepare(wgmma);
  if (type != Type::int8) {
    gemm.fill(Fill::exact);
    gemm.clear();
    gemm.launch(wgmma, session.stream());
    gemm.check_exact(Fill::exact, test);
  }
  gemm.fill(Fill::random);
  gemm.clear();
  Measurement m =
      session.measure(test, unit_of(type), gemm.tera_operations(), [&](cudaStream_t stream, int, int count) {
        for (int i = 0; i < count; ++i) gemm.launch(wgmma, stream);
      });
  if (type == Type::int8)
    gemm.check_exact(Fill::random, test);
  else
    gemm.check_sampled(Fill::random, test);
  m.how = std::to_string(gemm.n()) + "^3, random operands, 4-byte results";
  m.check = type == Type::int8
                ? "every element, by Freivalds modulo 2^64 on the CPU"
                : "every element on small-integer operands, by Freivalds on the CPU; 256 elements of the "
                  "measured product within rounding";
  return m;
}

void test_gemm_of(Session& session, Report& report, Type type, CublasLt* reference) {
  const bool mma = mma_supports(type, session.device().compute_capability);
  const bool wgmma = has_wgmma(session.device());
  if (!mma)
    report.waived.push_back({std::string("gemm_") + name_of(type) + "_mma", "this chip has no such mma"});
  if (!mma && !wgmma) return;
  Gemm gemm(session, type, session.options().gemm_size);
  std::vector<Measurement> measured;
  if (mma) measured.push_back(measure_path(session, gemm, type, false));
  if (wgmma) measured.push_back(measure_path(session, gemm, type, true));
  if (reference != nullptr) {
    const double rate = reference->rate(session, type, gemm.a().as(), gemm.b().as(), gemm.c().as(), gemm.n());
    for (Measurement& m : measured) {
      m.reference_name = rate > 0 ? "cuBLASLt" : "";
      m.reference = rate;
    }
    if (rate <= 0)
      report.waived.push_back({std::string("cuBLASLt ") + name_of(type), "it offers no algorithm here"});
  }
  for (Measurement& m : measured) report.measurements.push_back(std::move(m));
}

}  // namespace

void test_gemm(Session& session, Report& report) {
  std::unique_ptr<CublasLt> reference;
  if (session.options().reference) {
    std::string why_not;
    reference = CublasLt::open(why_not);
    if (reference == nullptr) report.waived.push_back({"cuBLASLt reference", why_not});
  }
  for (const Type type : tensor_types) test_gemm_of(session, report, type, reference.get());
}

void run_endurance(Session& session, Report& report) {
  const bool wgmma = has_wgmma(session.device());
  const std::string test = std::string("gemm_int8_") + (wgmma ? "wgmma" : "mma");
  Gemm gemm(session, Type::int8, session.options().gemm_size);
  gemm.fill(Fill::random);
  gemm.prepare(wgmma);
  gemm.clear();
  gemm.launch(wgmma, session.stream());
  gemm.check_exact(Fill::random, test);
  const std::uint32_t right = gemm.checksum();

  const Session::Batch batch = [&](cudaStream_t stream, int, int count) {
    for (int i = 0; i < count; ++i) gemm.launch(wgmma, stream);
  };
  Endurance endurance{.test = test,
                      .unit = "TOPS",
                      .check = "first product exact on the CPU, all later ones equal to it by checksum",
                      .samples = {}};
  const int count = session.warm_up(test, batch, 0.1, 0.2);
  const auto start = std::chrono::steady_clock::now();
  double elapsed = 0;
  while (elapsed < session.options().endurance_seconds) {
    gemm.clear();
    const double seconds = session.sample(test, batch, count, 1.0);
    if (gemm.checksum() != right)
      session.wrong(test, "the product changed after " + std::to_string(elapsed) + " s: corrupted data");
    elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    endurance.samples.push_back(
        {.seconds = elapsed, .rate = gemm.tera_operations() / seconds, .state = session.under_load()});
  }
  report.endurance = std::move(endurance);
}

}  // namespace souk::gpu
