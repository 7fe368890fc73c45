#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <numeric>

#include "bench/gpu/report.hpp"

namespace souk::gpu {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json json_of(const Telemetry& t) {
  if (!t.known) return nullptr;
  return {{"sm_clock_mhz", t.sm_clock_mhz},
          {"memory_clock_mhz", t.memory_clock_mhz},
          {"power_w", t.watts},
          {"temperature_c", t.celsius},
          {"throttle_reasons", throttle_names(t.throttle_reasons)}};
}

const char* status_of(Verdict verdict) {
  return verdict == Verdict::pass ? "passed" : verdict == Verdict::below ? "below" : "no_goal";
}

Json json_of(const Measurement& m) {
  Json json = {{"test", m.test},
               {"status", status_of(m.verdict)},
               {"kind", "measured"},
               {"unit", m.unit},
               {"median", m.summary.median},
               {"p10", m.summary.p10},
               {"p90", m.summary.p90},
               {"cv", m.summary.cv},
               {"steady", m.summary.cv <= cv_goal},
               {"lower_is_better", m.lower_is_better},
               {"samples", m.samples},
               {"datasheet_dense", or_null(m.limit)},
               {"fraction_of_datasheet", m.limit ? Json(m.summary.median / *m.limit) : Json(nullptr)},
               {"goal", or_null(m.goal)}};
  if (m.reference > 0)
    json["reference"] = {
        {"name", m.reference_name}, {"value", m.reference}, {"fraction", m.summary.median / m.reference}};
  if (m.verdict == Verdict::below) json["below_because"] = m.below_because;
  json["how"] = m.how;
  json["check"] = m.check;
  json["before"] = json_of(m.before);
  json["after"] = json_of(m.after);
  return json;
}

Json json_of(const Device& d) {
  return {{"index", d.index},
          {"name", d.name},
          {"pci_bus_id", d.pci_bus_id},
          {"compute_capability", d.compute_capability},
          {"multiprocessors", d.multiprocessors},
          {"memory_bytes", d.memory_bytes},
          {"l2_bytes", d.l2_bytes}};
}

/// nvbandwidth's fields for a matrix: min, max, average and sum over the pairs there are.
Json json_of(const BandwidthMatrix& matrix) {
  std::vector<double> pairs;
  for (const auto& row : matrix) {
    std::copy_if(row.begin(), row.end(), std::back_inserter(pairs), [](double v) { return v > 0; });
  }
  if (pairs.empty()) return nullptr;
  const double sum = std::accumulate(pairs.begin(), pairs.end(), 0.0);
  return {{"unit", "GB/s"},
          {"bandwidth_matrix", matrix},
          {"min", *std::min_element(pairs.begin(), pairs.end())},
          {"max", *std::max_element(pairs.begin(), pairs.end())},
          {"average", sum / static_cast<double>(pairs.size())},
          {"sum", sum}};
}

Json json_of(const Endurance& endurance) {
  Json samples = Json::array();
  for (const EnduranceSample& s : endurance.samples)
    samples.push_back({{"seconds", s.seconds}, {"rate", s.rate}, {"state", json_of(s.state)}});
  return {{"test", endurance.test},
          {"unit", endurance.unit},
          {"check", endurance.check},
          {"samples", std::move(samples)}};
}

Json json_of(const Report& report) {
  Json measurements = Json::array();
  for (const Measurement& m : report.measurements) measurements.push_back(json_of(m));
  Json waived = Json::array();
  for (const Waived& w : report.waived)
    waived.push_back({{"test", w.test}, {"status", "waived"}, {"reason", w.reason}});
  return {{"device", json_of(report.device)},
          {"driver_version", report.driver_version},
          {"cuda_runtime_version", report.runtime_version},
          {"datasheet_card", report.limits_card.empty() ? Json(nullptr) : Json(report.limits_card)},
          {"class", report.likeness.empty() ? Json(nullptr) : Json(report.likeness)},
          {"status", exit_code_of(report) == 0 ? "passed" : "below"},
          {"measurements", std::move(measurements)},
          {"waived", std::move(waived)},
          {"peers", json_of(report.peers)},
          {"endurance", report.endurance ? json_of(*report.endurance) : Json(nullptr)}};
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

}  // namespace

std::string to_json(const std::vector<Report>& reports) {
  Json gpus = Json::array();
  for (const Report& report : reports) gpus.push_back(json_of(report));
  const Json root = {{"schema", "souk-gpu-bench"},
                     {"version", report_version},
                     {"host", host_name()},
                     {"denominators", "dense datasheet rates; GB = 1e9 bytes"},
                     {"gpus", std::move(gpus)}};
  // A device name is what the driver says: bytes that are not UTF-8 must not end the program.
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace souk::gpu
