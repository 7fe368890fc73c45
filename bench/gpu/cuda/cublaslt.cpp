#include "bench/gpu/cuda/cublaslt.hpp"

#include <cublasLt.h>
#include <dlfcn.h>

#include <array>
#include <limits>

namespace souk::gpu {
namespace {

constexpr std::size_t workspace_bytes = std::size_t{64} << 20;
constexpr int candidates = 8;

cudaDataType_t data_type(Type type) {
  switch (type) {
    case Type::bf16: return CUDA_R_16BF;
    case Type::fp16: return CUDA_R_16F;
    case Type::int8: return CUDA_R_8I;
    case Type::fp8: return CUDA_R_8F_E4M3;
  }
  return CUDA_R_8I;
}

}  // namespace

struct CublasLt::Library {
  void* handle = nullptr;
  cublasLtHandle_t context = nullptr;
  decltype(&cublasLtCreate) create = nullptr;
  decltype(&cublasLtDestroy) destroy = nullptr;
  decltype(&cublasLtMatmulDescCreate) desc_create = nullptr;
  decltype(&cublasLtMatmulDescDestroy) desc_destroy = nullptr;
  decltype(&cublasLtMatmulDescSetAttribute) desc_set = nullptr;
  decltype(&cublasLtMatrixLayoutCreate) layout_create = nullptr;
  decltype(&cublasLtMatrixLayoutDestroy) layout_destroy = nullptr;
  decltype(&cublasLtMatmulPreferenceCreate) preference_create = nullptr;
  decltype(&cublasLtMatmulPreferenceDestroy) preference_destroy = nullptr;
  decltype(&cublasLtMatmulPreferenceSetAttribute) preference_set = nullptr;
  decltype(&cublasLtMatmulAlgoGetHeuristic) heuristic = nullptr;
  decltype(&cublasLtMatmul) matmul = nullptr;

  Library() = default;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (context != nullptr) destroy(context);
    if (handle != nullptr) dlclose(handle);
  }

  template <class Function>
  bool find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
    return function != nullptr;
  }
  bool find_all() {
    return find(create, "cublasLtCreate") && find(destroy, "cublasLtDestroy") &&
           find(desc_create, "cublasLtMatmulDescCreate") && find(desc_destroy, "cublasLtMatmulDescDestroy") &&
           find(desc_set, "cublasLtMatmulDescSetAttribute") &&
           find(layout_create, "cublasLtMatrixLayoutCreate") &&
           find(layout_destroy, "cublasLtMatrixLayoutDestroy") &&
           find(preference_create, "cublasLtMatmulPreferenceCreate") &&
           find(preference_destroy, "cublasLtMatmulPreferenceDestroy") &&
           find(preference_set, "cublasLtMatmulPreferenceSetAttribute") &&
           find(heuristic, "cublasLtMatmulAlgoGetHeuristic") && find(matmul, "cublasLtMatmul");
  }
};

namespace {

/// Destroys what one of the library's create functions gave.
template <class Handle>
class Owned {
 public:
  explicit Owned(cublasStatus_t (*destroy)(Handle)) : destroy_(destroy) {}
  ~Owned() {
    if (handle != nullptr) destroy_(handle);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  Handle handle = nullptr;

 private:
  cublasStatus_t (*destroy_)(Handle);
};

void check_lt(cublasStatus_t status, const char* call) {
  if (status != CUBLAS_STATUS_SUCCESS)
    throw GpuError(std::string("cuBLASLt reference: ") + call + ": status " + std::to_string(status));
}

}  // namespace

CublasLt::CublasLt(std::unique_ptr<Library> library) : library_(std::move(library)) {}
CublasLt::~CublasLt() = default;

std::unique_ptr<CublasLt> CublasLt::open(std::string& why_not) {
  auto library = std::make_unique<Library>();
  const std::string name = "libcublasLt.so." + std::to_string(CUBLAS_VER_MAJOR);
  library->handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library->handle == nullptr || !library->find_all()) {
    why_not = name + " is not installed";
    return nullptr;
  }
  if (const cublasStatus_t status = library->create(&library->context); status != CUBLAS_STATUS_SUCCESS) {
    library->context = nullptr;
    why_not = name + " does not start: status " + std::to_string(status);
    return nullptr;
  }
  return std::unique_ptr<CublasLt>(new CublasLt(std::move(library)));
}

/// One product's description for the library, and its suggested algorithms. Its matrices are column-major:
/// our row-major C is its C^T = B * A^T, with our B transposed by flag.
struct CublasLt::Product {
  const Library& lt;
  Owned<cublasLtMatmulDesc_t> desc;
  Owned<cublasLtMatrixLayout_t> operand;
  Owned<cublasLtMatrixLayout_t> result;
  std::array<cublasLtMatmulHeuristicResult_t, candidates> found{};
  int count = 0;
  bool integers;

  Product(const Library& library, Type type, int n)
      : lt(library),
        desc(library.desc_destroy),
        operand(library.layout_destroy),
        result(library.layout_destroy),
        integers(type == Type::int8) {
    const cudaDataType_t out = integers ? CUDA_R_32I : CUDA_R_32F;
    const auto size = static_cast<std::uint64_t>(n);
    check_lt(lt.desc_create(&desc.handle, integers ? CUBLAS_COMPUTE_32I : CUBLAS_COMPUTE_32F, out),
             "cublasLtMatmulDescCreate");
    const cublasOperation_t transposed = CUBLAS_OP_T;
    check_lt(lt.desc_set(desc.handle, CUBLASLT_MATMUL_DESC_TRANSA, &transposed, sizeof transposed),
             "cublasLtMatmulDescSetAttribute");
    check_lt(lt.layout_create(&operand.handle, data_type(type), size, size, n), "cublasLtMatrixLayoutCreate");
    check_lt(lt.layout_create(&result.handle, out, size, size, n), "cublasLtMatrixLayoutCreate");
    Owned<cublasLtMatmulPreference_t> preference(lt.preference_destroy);
    check_lt(lt.preference_create(&preference.handle), "cublasLtMatmulPreferenceCreate");
    check_lt(lt.preference_set(preference.handle, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspace_bytes,
                               sizeof workspace_bytes),
             "cublasLtMatmulPreferenceSetAttribute");
    const cublasStatus_t offered =
        lt.heuristic(lt.context, desc.handle, operand.handle, operand.handle, result.handle, result.handle,
                     preference.handle, candidates, found.data(), &count);
    if (offered != CUBLAS_STATUS_SUCCESS) count = 0;  // it has nothing for this type and device
  }

  void launch(int which, const void* a, const void* b, void* c, void* workspace, cudaStream_t stream) const {
    const float floats[2] = {1, 0};
    const std::int32_t ints[2] = {1, 0};
    const void* one = integers ? static_cast<const void*>(&ints[0]) : &floats[0];
    const void* zero = integers ? static_cast<const void*>(&ints[1]) : &floats[1];
    check_lt(lt.matmul(lt.context, desc.handle, one, b, operand.handle, a, operand.handle, zero, c,
                       result.handle, c, result.handle, &found[static_cast<std::size_t>(which)].algo,
                       workspace, workspace_bytes, stream),
             "cublasLtMatmul");
  }
};

double CublasLt::rate(Session& session, Type type, const void* a, const void* b, void* c, int n) {
  const Product product(*library_, type, n);
  const DeviceBuffer workspace = session.device_buffer(workspace_bytes, "cuBLASLt");
  const auto batch_of = [&](int which) {
    return [&, which](cudaStream_t stream, int, int launches) {
      for (int i = 0; i < launches; ++i) product.launch(which, a, b, c, workspace.as(), stream);
    };
  };
  int fastest = -1;
  double fastest_seconds = std::numeric_limits<double>::max();
  for (int i = 0; i < product.count; ++i) {
    if (product.found[static_cast<std::size_t>(i)].state != CUBLAS_STATUS_SUCCESS) continue;
    const double seconds = session.quick_seconds_per_launch("cuBLASLt", batch_of(i));
    if (seconds < fastest_seconds) {
      fastest_seconds = seconds;
      fastest = i;
    }
  }
  if (fastest < 0) return 0;
  const double tera = 2e-12 * n * double(n) * n;
  return summarise(session.measure("cuBLASLt", "1e12/s", tera, batch_of(fastest)).samples).median;
}

}  // namespace souk::gpu
