// The ready tenant segments of economics.md section 2, as data. Where that table gives a range, the rows
// below spread over it with equal weights; every rate is ASSUME there and here, to be swept x 0.3 to 3.

#include <array>

#include "actors/tenant_config.hpp"

namespace souk {

namespace {

constexpr std::uint64_t gib = 1ull << 30;
constexpr double day_h = 24;

constexpr std::array<SegmentPreset, 7> presets{{
    {SegmentKind::rpc_node, "rpc_node",
     "RPC nodes: 4-8 vCPU, 16-64 GiB, 0.5-2 TB persistent; 60 d, churn 10 %, elasticity -0.5"},
    {SegmentKind::testnet_validator, "testnet_validator",
     "testnet validators: 2-4 vCPU, 8-16 GiB; 30 d, churn 20 %, elasticity -0.8"},
    {SegmentKind::mainnet_validator, "mainnet_validator",
     "mainnet validators: 8 vCPU, 64 GiB, NVMe; 180 d, churn 5 %, elasticity -0.3, buys uptime"},
    {SegmentKind::web_hosting, "web_hosting",
     "web hosting: 1 vCPU, 2 GiB; 45 d, churn 12 %, elasticity -1.2, cloud as outside option"},
    {SegmentKind::ai_inference, "ai_inference",
     "AI inference: 1 GPU, bursty arrivals (cv2 173); hours to weeks, churn 15 %, elasticity -1.5"},
    {SegmentKind::fine_tuning, "fine_tuning",
     "fine-tuning: 1-8 GPU (15 % ask 8), Philly runtimes; one-off, elasticity -2.0"},
    {SegmentKind::trial, "trial", "free trials and bots: under a day, churn 95 %, audited providers, USD 10"},
}};

Distribution exponential(double mean_h) { return Distribution::make(Exponential{mean_h}).value(); }
Distribution lognormal(LogNormal kind) { return Distribution::make(kind).value(); }

RequestRow cpu_row(std::string name, std::uint64_t vcpu, std::uint64_t memory_gib,
                   std::uint64_t persistent_gib, std::string persistent_class, double weight) {
  RequestRow row;
  row.name = std::move(name);
  row.cpu_milli = vcpu * 1000;
  row.memory_bytes = memory_gib * gib;
  row.ephemeral_bytes = 10 * gib;
  row.persistent_bytes = persistent_gib * gib;
  row.persistent_class = std::move(persistent_class);
  row.weight = weight;
  return row;
}

RequestRow gpu_row(std::string model, std::uint64_t units, std::uint64_t vcpu, std::uint64_t memory_gib,
                   double weight) {
  RequestRow row =
      cpu_row("gpu-" + model + "-x" + std::to_string(units), vcpu, memory_gib, 0, "beta3", weight);
  row.ephemeral_bytes = 100 * gib;
  row.gpu_units = units;
  if (model != "any") row.gpu_models.push_back(std::move(model));
  return row;
}

SharedRequests rows(std::vector<RequestRow> list) {
  return std::make_shared<const RequestTable>(std::move(list));
}

void fixed_max(SegmentConfig& s, std::int64_t micro_per_block) {
  s.price.kind = PriceHabitKind::fixed;
  s.price.fixed_max = Dec::from_int(micro_per_block);
}

/// Arrivals so that a tenant keeps about `running` deployments in the long run (Little's law).
void keep_running(SegmentConfig& s, double running, double lifetime_days) {
  s.arrivals.kind = ArrivalKind::poisson;
  s.arrivals.per_day = running / lifetime_days;
  s.lifetime_h = exponential(lifetime_days * day_h);
}

SegmentConfig rpc_node() {
  SegmentConfig s;
  s.requests =
      rows({cpu_row("rpc-small", 4, 16, 512, "beta3", 1), cpu_row("rpc-medium", 6, 32, 1024, "beta3", 1),
            cpu_row("rpc-large", 8, 64, 2048, "beta3", 1)});
  keep_running(s, 2, 60);
  s.price.kind = PriceHabitKind::reserve;  // "cost-aware"
  s.value.elasticity = -0.5;
  s.choice.rule = ChoiceRule::logit;
  s.choice.outside_option = true;
  s.monthly_churn = 0.10;
  return s;
}

SegmentConfig testnet_validator() {
  SegmentConfig s;
  s.requests = rows(
      {cpu_row("testnet-small", 2, 8, 100, "beta2", 1), cpu_row("testnet-large", 4, 16, 200, "beta2", 1)});
  keep_running(s, 1, 30);
  fixed_max(s, 1'000);  // "low": the lowest habit seen often in the data (19 of 477 services)
  s.value.elasticity = -0.8;
  s.monthly_churn = 0.20;
  return s;
}

SegmentConfig mainnet_validator() {
  SegmentConfig s;
  s.requests = rows({cpu_row("mainnet", 8, 64, 1024, "beta3", 1)});
  keep_running(s, 1, 180);
  fixed_max(s, 1'000'000);  // "high"
  s.value.elasticity = -0.3;
  s.choice.rule = ChoiceRule::logit;
  s.choice.price_slope = 2;     // buys the service level rather than the price. ASSUME
  s.choice.uptime_weight = 50;  // 1 % of uptime is worth 25 % of the price. ASSUME
  s.choice.tier_weight = 1;
  s.failover_after = std::chrono::minutes(10);  // ASSUME
  s.monthly_churn = 0.05;
  return s;
}

SegmentConfig web_hosting() {
  SegmentConfig s;
  s.requests = rows({cpu_row("web", 1, 2, 0, "beta2", 1)});  // data median: 1 vCPU, 2 GiB
  keep_running(s, 2, 45);
  s.arrivals.kind = ArrivalKind::daily;
  fixed_max(s, 10'000);
  s.value.elasticity = -1.2;
  s.choice.rule = ChoiceRule::logit;
  s.choice.outside_option = true;  // "Vercel as outside option"
  s.monthly_churn = 0.12;
  return s;
}

SegmentConfig ai_inference() {
  SegmentConfig s;
  // One GPU each (76 % of the GPU services in the data ask for one); models by how often templates name them.
  s.requests = rows({gpu_row("any", 1, 4, 16, 2), gpu_row("rtx4090", 1, 8, 32, 2),
                     gpu_row("a100", 1, 16, 64, 3), gpu_row("h100", 1, 16, 128, 3)});
  s.arrivals.kind = ArrivalKind::bursty;
  s.arrivals.per_day = 0.3;
  s.arrivals.cv2 = 173;
  s.lifetime_h = lognormal(LogNormal::of_mean_cv(72, 2));  // "hours-weeks"
  fixed_max(s, 100'000);
  s.value.elasticity = -1.5;
  s.choice.rule = ChoiceRule::logit;
  s.choice.outside_option = true;
  s.failover_after = std::chrono::minutes(2);  // "HA + fallback wanted"
  s.monthly_churn = 0.15;
  return s;
}

SegmentConfig fine_tuning() {
  SegmentConfig s;
  s.requests = rows({gpu_row("a100", 1, 16, 64, 50), gpu_row("h100", 1, 16, 128, 20),
                     gpu_row("a100", 4, 32, 256, 15), gpu_row("h100", 8, 64, 256, 15)});
  s.arrivals.kind = ArrivalKind::daily;
  s.arrivals.per_day = 0.5;
  s.lifetime_h = lognormal(LogNormal::of_median_mean(0.33, 4.06));  // Philly, hours
  s.price.maxima = {{Dec::from_int(100'000), 1}, {Dec::from_int(1'000'000), 1}};
  s.value.elasticity = -2.0;
  s.monthly_churn = 0.90;  // "one-off"
  s.return_probability = 0.5;
  return s;
}

SegmentConfig trial() {
  SegmentConfig s;
  s.requests = rows({cpu_row("trial-web", 1, 2, 0, "beta2", 3), gpu_row("t4", 1, 4, 16, 1)});
  s.arrivals.kind = ArrivalKind::poisson;
  s.arrivals.per_day = 1;
  s.lifetime_h =
      Distribution::make(Uniform{0.5, 24}).value();  // closed after 24 h (akash-offchain.md section 4)
  s.value.elasticity = -1.0;
  s.choice.min_tier = 1;  // audited providers only
  s.redeploy = false;
  s.monthly_churn = 0.95;
  s.return_probability = 0;
  return s;
}

}  // namespace

std::span<const SegmentPreset> segment_presets() { return presets; }

SegmentConfig make_segment(SegmentKind kind) {
  const auto filled = [kind] {
    switch (kind) {
      case SegmentKind::rpc_node: return rpc_node();
      case SegmentKind::testnet_validator: return testnet_validator();
      case SegmentKind::mainnet_validator: return mainnet_validator();
      case SegmentKind::web_hosting: return web_hosting();
      case SegmentKind::ai_inference: return ai_inference();
      case SegmentKind::fine_tuning: return fine_tuning();
      case SegmentKind::trial: return trial();
    }
    SOUK_CHECK(false);
    return SegmentConfig{};
  };
  SegmentConfig segment = filled();
  segment.name = presets[static_cast<std::size_t>(kind)].name;
  return segment;
}

Result<SegmentConfig> make_segment(std::string_view name) {
  std::string known;
  for (const SegmentPreset& preset : presets) {
    if (preset.name == name) return make_segment(preset.kind);
    known += (known.empty() ? "" : ", ") + std::string(preset.name);
  }
  return fail("unknown tenant segment '" + std::string(name) + "'; known: " + known);
}

}  // namespace souk
