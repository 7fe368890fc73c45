#include "scenarios/scenario_data.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <tuple>

#include <fmt/format.h>
#include "scenarios/data_openb.hpp"
#include "scenarios/data_requests.hpp"

namespace souk::scenarios {
namespace {

constexpr std::uint64_t mebi = 1 << 20;

/// GPU models as attributes spell them: lower case.
std::string model_name(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Notes the file among the inputs and gives its path.
Result<std::string> data_path(ReadContext& context, const std::string& file) {
  if (auto bytes = read_input(context, file); !bytes) return Unexpected{bytes.error()};
  return (std::filesystem::path(context.data) / file).string();
}

// ---- openb nodes --------------------------------------------------------------------------------------

NodeSpec make_node(const OpenbNode& from, const NodeSettings& settings) {
  NodeSpec node{static_cast<std::uint64_t>(from.cpu_milli),
                static_cast<std::uint64_t>(from.memory_mib) * mebi,
                settings.ephemeral_bytes,
                {},
                {}};
  if (from.gpus > 0) {
    node.gpus.push_back(
        {{"nvidia", model_name(from.gpu_model), "", ""}, static_cast<std::uint32_t>(from.gpus)});
  }
  return node;
}

/// How many of `count` providers each model gets: one at least, the others by largest remaining share of
/// nodes, ties to the name that sorts first.
std::map<std::string, std::size_t> providers_per_model(
    const std::map<std::string, std::vector<NodeSpec>>& models, std::size_t count) {
  std::map<std::string, std::size_t> share;
  for (const auto& [model, nodes] : models) share[model] = 1;
  for (std::size_t dealt = models.size(); dealt < count; ++dealt) {
    std::string best;
    double most = 0;
    for (const auto& [model, nodes] : models) {
      const double each = static_cast<double>(nodes.size()) / static_cast<double>(share[model]);
      if (each > most && nodes.size() > share[model]) most = each, best = model;
    }
    if (best.empty()) break;
    ++share[best];
  }
  return share;
}

Result<void> openb_nodes(ProviderClass& c, ReadContext& context) {
  const auto path = data_path(context, c.data_file);
  if (!path) return Unexpected{path.error()};
  const auto nodes = load_openb_nodes(*path);
  if (!nodes) return Unexpected{nodes.error()};
  std::map<std::string, std::vector<NodeSpec>> models;
  for (const OpenbNode& node : *nodes) models[node.gpu_model].push_back(make_node(node, c.nodes));
  if (c.count < models.size() || c.count > nodes->size()) {
    return fail(
        fmt::format("{} providers can not share {} machines of {} GPU models; take a count from {} to {}",
                    c.count, nodes->size(), models.size(), models.size(), nodes->size()));
  }
  for (const auto& [model, share] : providers_per_model(models, c.count)) {
    const std::size_t first = c.clusters.size();
    for (std::size_t i = 0; i < share; ++i) {
      ClusterSpec cluster;
      cluster.leased_ips = c.config.cluster.leased_ips;
      cluster.overcommit = c.config.cluster.overcommit;
      c.clusters.push_back(std::move(cluster));
    }
    const auto& specs = models.at(model);
    for (std::size_t i = 0; i < specs.size(); ++i) c.clusters[first + i % share].nodes.push_back(specs[i]);
  }
  return {};
}

// ---- openb pods ---------------------------------------------------------------------------------------

/// Akash leases whole GPUs: a pod that shares one asks for one.
RequestRow make_row(const OpenbPod& pod) {
  RequestRow row;
  row.name = "pod";
  row.cpu_milli = static_cast<std::uint64_t>(std::max<std::int64_t>(pod.cpu_milli, 10));
  row.memory_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(pod.memory_mib, 1)) * mebi;
  row.gpu_units = static_cast<std::uint64_t>(pod.gpus);
  for (const auto& model : pod.gpu_models) row.gpu_models.push_back(model_name(model));
  return row;
}

using RowKey = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::vector<std::string>>;

Result<void> openb_pods(TenantSegment& t, ReadContext& context) {
  const auto path =
      data_path(context, t.data_file.empty() ? "openb-gpu-2023/openb_pod_list_default.csv" : t.data_file);
  if (!path) return Unexpected{path.error()};
  const auto pods = load_openb_pods(*path);
  if (!pods) return Unexpected{pods.error()};
  RequestTable table;
  std::map<RowKey, std::uint32_t> known;
  std::vector<std::vector<TraceRow>> traces(t.count);
  std::size_t number = 0;
  for (const OpenbPod& pod : *pods) {
    if (!pod.creation_s || !pod.deletion_s) {
      return fail(fmt::format("`{}` has no arrival and end times; take another pod list", pod.name));
    }
    const std::int64_t lifetime = *pod.deletion_s - pod.scheduled_s.value_or(*pod.creation_s);
    if (lifetime <= 0) continue;  // never ran
    RequestRow row = make_row(pod);
    RowKey key{row.cpu_milli, row.memory_bytes, row.gpu_units, row.gpu_models};
    const auto [at, fresh] = known.try_emplace(std::move(key), static_cast<std::uint32_t>(table.size()));
    if (fresh) table.push_back(std::move(row));
    traces[number++ % t.count].push_back(
        {std::chrono::seconds(*pod.creation_s), at->second, std::chrono::seconds(lifetime)});
  }
  for (auto& rows : traces) {
    // Rows equal in all three can not be told apart, so the order is one.
    std::sort(rows.begin(), rows.end(), [](const TraceRow& a, const TraceRow& b) {
      return std::tie(a.at, a.request, a.lifetime) < std::tie(b.at, b.request, b.lifetime);
    });
    t.traces.push_back(std::make_shared<const std::vector<TraceRow>>(std::move(rows)));
  }
  t.config.segment.requests = std::make_shared<const RequestTable>(std::move(table));
  t.config.segment.arrivals.kind = ArrivalKind::trace;
  t.config.segment.arrivals.trace = t.traces.front();
  return {};
}

// ---- request mix of the templates ---------------------------------------------------------------------

Result<void> sdl_requests(TenantSegment& t, Denom price_denom, ReadContext& context) {
  const auto path =
      data_path(context, t.data_file.empty() ? "akash-sdl-requests/awesome_akash_requests.csv" : t.data_file);
  if (!path) return Unexpected{path.error()};
  const auto services = load_service_requests(*path);
  if (!services) return Unexpected{services.error()};
  RequestTable table;
  for (const ServiceRequest& service : *services) {
    if (!service.memory_bytes) continue;  // a size Akash refuses: never an order
    RequestRow row;
    row.name = service.app;
    row.cpu_milli = static_cast<std::uint64_t>(service.cpu_milli);
    row.memory_bytes = static_cast<std::uint64_t>(*service.memory_bytes);
    row.ephemeral_bytes = static_cast<std::uint64_t>(service.ephemeral_bytes);
    row.persistent_bytes = static_cast<std::uint64_t>(service.persistent_bytes);
    row.gpu_units = service.gpu_units;
    row.gpu_models = service.gpu_models;
    row.count = service.count;
    if (service.price_max.denom == price_denom) row.max_price = service.price_max.amount;
    table.push_back(std::move(row));
  }
  if (table.empty()) return fail(fmt::format("{}: holds no request", *path));
  t.config.segment.requests = std::make_shared<const RequestTable>(std::move(table));
  return {};
}

}  // namespace

Result<void> apply_recorded_data(ProviderClass& provider_class, Denom, ReadContext& context) {
  return provider_class.data == ProviderData::openb ? openb_nodes(provider_class, context) : Result<void>{};
}

Result<void> apply_recorded_data(TenantSegment& segment, Denom price_denom, ReadContext& context) {
  switch (segment.data) {
    case TenantData::none: return {};
    case TenantData::openb: return openb_pods(segment, context);
    case TenantData::sdl_requests: return sdl_requests(segment, price_denom, context);
  }
  return {};
}

}  // namespace souk::scenarios
