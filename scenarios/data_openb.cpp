#include "scenarios/data_openb.hpp"

#include <limits>

#include "scenarios/csv.hpp"

namespace souk::scenarios {
namespace {

constexpr std::int64_t milli_max = 10'000'000;
constexpr std::int64_t mib_max = std::int64_t{1} << 30;
constexpr std::int64_t gpus_max = 1024;
constexpr std::int64_t second_max = std::numeric_limits<std::int32_t>::max();

/// `V100M16|V100M32`, each once: the files repeat some.
std::vector<std::string> models_of(std::string_view text) {
  std::vector<std::string> models;
  while (!text.empty()) {
    const std::size_t bar = text.find('|');
    std::string model(text.substr(0, bar));
    bool seen = false;
    for (const std::string& other : models) seen = seen || other == model;
    if (!model.empty() && !seen) models.push_back(std::move(model));
    text.remove_prefix(bar == std::string_view::npos ? text.size() : bar + 1);
  }
  return models;
}

/// The columns that only some variants of the pod list have.
struct TimeColumns {
  std::size_t gpu_spec;
  std::size_t qos;
  std::size_t phase;
  std::size_t creation;
  std::size_t deletion;
  std::size_t scheduled;
};

void read_times(CsvReader& csv, const TimeColumns& at, OpenbPod& pod) {
  pod.gpu_models = models_of(csv.text(at.gpu_spec));
  pod.qos = csv.text(at.qos);
  pod.phase = csv.text(at.phase);
  pod.creation_s = csv.integer(at.creation, 0, second_max);
  pod.deletion_s = csv.integer(at.deletion, 0, second_max);
  if (!csv.text(at.scheduled).empty()) pod.scheduled_s = csv.integer(at.scheduled, 0, second_max);
  if (csv.ok() && *pod.deletion_s < *pod.creation_s)
    csv.refuse(at.deletion, "a time not before creation_time");
}

}  // namespace

Result<std::vector<OpenbNode>> load_openb_nodes(const std::string& path) {
  CsvReader csv(path);
  const std::size_t name = csv.column("sn");
  const std::size_t cpu = csv.column("cpu_milli");
  const std::size_t memory = csv.column("memory_mib");
  const std::size_t gpu = csv.column("gpu");
  const std::size_t model = csv.column("model");
  std::vector<OpenbNode> nodes;
  while (csv.next()) {
    nodes.push_back({csv.text(name), csv.integer(cpu, 1, milli_max), csv.integer(memory, 1, mib_max),
                     csv.integer(gpu, 0, gpus_max), csv.text(model)});
    if (nodes.back().gpus > 0 && nodes.back().gpu_model.empty())
      csv.refuse(model, "the model of the node's GPUs");
  }
  if (auto result = csv.result(); !result) return Unexpected{result.error()};
  return nodes;
}

Result<std::vector<OpenbPod>> load_openb_pods(const std::string& path) {
  CsvReader csv(path);
  const std::size_t name = csv.column("name");
  const std::size_t cpu = csv.column("cpu_milli");
  const std::size_t memory = csv.column("memory_mib");
  const std::size_t gpus = csv.column("num_gpu");
  const std::size_t gpu_milli = csv.column("gpu_milli");
  // The two `multigpu` variants end here: requests without times.
  const bool with_times = csv.has_column("creation_time");
  TimeColumns times{};
  if (with_times) {
    times = {csv.column("gpu_spec"),      csv.column("qos"),           csv.column("pod_phase"),
             csv.column("creation_time"), csv.column("deletion_time"), csv.column("scheduled_time")};
  }
  std::vector<OpenbPod> pods;
  while (csv.next()) {
    OpenbPod pod;
    pod.name = csv.text(name);
    pod.cpu_milli = csv.integer(cpu, 0, milli_max);
    pod.memory_mib = csv.integer(memory, 0, mib_max);
    pod.gpus = csv.integer(gpus, 0, gpus_max);
    pod.gpu_milli = csv.integer(gpu_milli, 0, 1000);
    if (with_times) read_times(csv, times, pod);
    pods.push_back(std::move(pod));
  }
  if (auto result = csv.result(); !result) return Unexpected{result.error()};
  return pods;
}

}  // namespace souk::scenarios
