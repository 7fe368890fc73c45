#include "bench/gpu/proof_device.hpp"

#include <array>
#include <vector>

#include "bench/gpu/cuda/proof_kernels.hpp"
#include "bench/gpu/cuda/runtime.hpp"

namespace souk::gpu {
namespace {

int made_current(int device) {
  check_cuda(cudaSetDevice(device), "cudaSetDevice", device, "");
  return device;
}

/// The kernels by CUDA, on one stream of their own.
class CudaProofDevice : public ProofDevice {
 public:
  CudaProofDevice(Device device, ProofPath path)
      : device_(std::move(device)), path_(path), stream_(made_current(device_.index)) {
    if (path_ == ProofPath::mma)
      check(prepare_proof_round(device_.compute_capability), "cudaFuncSetAttribute", "proof_round");
  }

  int index() const override { return device_.index; }
  std::uint64_t memory_bytes() const override { return device_.memory_bytes; }

  std::uint8_t* allocate(std::uint64_t bytes, const std::string& what) override {
    return memory_.emplace_back(bytes, device_.index, what).as<std::uint8_t>();
  }
  void release_all() override {
    memory_.clear();
    plans_ = {};
  }
  void upload(std::uint8_t* to, std::span<const std::uint8_t> bytes) override {
    // From pageable memory: the bytes are taken before the call returns.
    check(cudaMemcpyAsync(to, bytes.data(), bytes.size(), cudaMemcpyHostToDevice, stream_),
          "cudaMemcpyAsync to the device", "");
  }
  void download(std::span<std::uint8_t> to, const std::uint8_t* from) override {
    check(cudaMemcpyAsync(to.data(), from, to.size(), cudaMemcpyDeviceToHost, stream_),
          "cudaMemcpyAsync to the host", last_);
    check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize", last_);
  }
  void copy(std::uint8_t* to, const std::uint8_t* from, std::uint64_t bytes) override {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_),
          "cudaMemcpyAsync within the device", "");
  }

  void stream(const Digest& key, std::uint64_t first_block, std::uint64_t blocks, std::uint8_t* to) override {
    launched(launch_proof_stream(key, first_block, blocks, to, stream_), "proof_stream");
  }
  void round(const RoundArguments& round) override {
    if (path_ == ProofPath::mma)
      launched(launch_proof_round(round, device_.compute_capability, stream_), "proof_round_mma");
    else
      launched(launch_wgmma_round(round, plan_of(round), device_.multiprocessors, stream_),
               "proof_round_wgmma");
  }
  void subtrees(const std::uint8_t* state, std::uint64_t count, Digest* subtrees) override {
    launched(launch_proof_subtrees(state, count, subtrees, stream_), "proof_subtrees");
  }
  void finish(const FinishArguments& finish) override {
    launched(launch_proof_finish(finish, stream_), "proof_finish");
  }
  void chunks(const std::uint8_t* bytes, std::uint64_t count, Digest* values) override {
    launched(launch_proof_chunks(bytes, count, values, stream_), "proof_chunks");
  }
  void level(const Digest* below, std::uint64_t count, Digest* nodes) override {
    launched(launch_proof_level(below, count, nodes, stream_), "proof_level");
  }
  void gather(const GatherArguments& gather) override {
    launched(launch_proof_gather(gather, stream_), "proof_gather");
  }
  void sweep(const SweepArguments& sweep) override {
    launched(launch_proof_sweep(sweep, device_.multiprocessors, stream_), "proof_sweep");
  }

 private:
  /// Tensor maps of one working state.
  struct Planned {
    const std::uint8_t* state = nullptr;
    WgmmaRoundPlan plan;
  };

  const WgmmaRoundPlan& plan_of(const RoundArguments& round) {
    for (Planned& planned : plans_) {
      if (planned.state == round.state) return planned.plan;
      if (planned.state != nullptr) continue;
      const char* call = "";
      const cudaError_t status = plan_wgmma_round(round, planned.plan, call);
      check(status, call, "proof_round_wgmma");
      planned.state = round.state;
      return planned.plan;
    }
    throw GpuError("GPU " + std::to_string(device_.index) + ": proof_round_wgmma: a third working state");
  }
  void check(cudaError_t status, const char* call, const std::string& kernel) const {
    check_cuda(status, call, device_.index, kernel);
  }
  void launched(cudaError_t status, const char* kernel) {
    last_ = kernel;
    check(status, "launch", kernel);
  }

  Device device_;
  ProofPath path_;
  Stream stream_;
  std::vector<DeviceBuffer> memory_;
  std::array<Planned, 2> plans_;
  std::string last_;  ///< the newest kernel, named when waiting fails
};

}  // namespace

Result<std::unique_ptr<ProofDevice>> cuda_proof_device(const Device& device, ProofPath path) {
  if (device.compute_capability < 75)
    return fail("GPU " + std::to_string(device.index) + ": compute capability " +
                std::to_string(device.compute_capability) + " is below 75, the oldest these kernels run on");
  try {
    return std::unique_ptr<ProofDevice>(std::make_unique<CudaProofDevice>(device, path));
  } catch (const GpuError& error) {
    return fail(error.what());
  }
}

}  // namespace souk::gpu
