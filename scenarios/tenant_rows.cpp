#include "scenarios/rows.hpp"
#include "scenarios/scenario.hpp"

/// Settings of a segment of tenants. Rows whose default is that of the preset come after the preset. ECON:
/// economics.md; OFF: akash-offchain.md.
namespace souk::scenarios {
namespace {

const std::string preset{from_preset};
const std::string segments = "ECON section 2, tenant segments";

template <class F>
Key tenant(std::string name, Unit unit, RowText text, F field, Shape shape = Shape::one) {
  return row<TenantSegment>(std::move(name), unit, std::move(text), field, shape);
}
/// A row of the segment that the preset fills.
template <class F>
Key of_preset(std::string name, Unit unit, std::string min, std::string max, std::string doc, F field,
              Shape shape = Shape::one) {
  return tenant(
      std::move(name), unit, {preset, std::move(min), std::move(max), segments, std::move(doc)},
      [field](TenantSegment& t) -> auto& { return field(t.config.segment); }, shape);
}

Key preset_row() {
  std::vector<std::string> names;
  for (const SegmentPreset& known : segment_presets()) names.emplace_back(known.name);
  Key key = choice_row<TenantSegment>(
      "preset", names, {"web_hosting", "", "", segments, "Ready segment the other settings start from."},
      [](TenantSegment& t) -> auto& { return t.preset; });
  key.store = [set = key.store](void* target, const Value& value, ReadContext& context) -> Result<void> {
    if (auto done = set(target, value, context); !done) return done;
    auto& segment = *static_cast<TenantSegment*>(target);
    segment.config.segment = make_segment(segment.preset);
    segment.config.segment.name = segment.name;
    return {};
  };
  return key;
}

std::vector<Key> who_rows() {
  using T = TenantSegment;
  return {
      preset_row(),
      tenant("count", Unit::count, {"1", "1", "100000", "ASSUME", "Tenants (accounts) of this segment."},
             [](T& t) -> auto& { return t.count; }),
      choice_row<T>(
          "data", {"none", "openb", "sdl_requests"},
          {"none", "", "", "none",
           "Recorded data: openb (each pod's arrival, lifetime, resources) or sdl_requests (request mix)."},
          [](T& t) -> auto& { return t.data; }),
      tenant("data_file", Unit::text,
             {"\"\"", "", "", "shared data", "The file below --data DIR; empty: the data set's usual file."},
             [](T& t) -> auto& { return t.data_file; }),
      tenant(
          "balance", Unit::coin,
          {"none", "0 uact", "1000000000 AKT", "ASSUME",
           "At genesis, each tenant, in the denomination of prices; none: 1,000,000 coins."},
          [](T& t) -> auto& { return t.balance; }, Shape::optional),
      tenant("akt_balance", Unit::coin,
             {"1000 AKT", "0 uakt", "1000000000 AKT", "ASSUME", "At genesis, each tenant: fees."},
             [](T& t) -> auto& { return t.akt_balance; }),
      tenant("fee", Unit::coin, {"0 uakt", "0 uakt", "1000 AKT", "ASSUME", "With every transaction."},
             [](T& t) -> auto& { return t.config.fee; }),
  };
}

std::vector<Key> arrival_rows() {
  using S = SegmentConfig;
  return {
      choice_row<TenantSegment>("arrivals.kind",
                                {"none", "poisson", "daily", "bursty", "trace", "closed_loop"},
                                {preset, "", "", segments, "Arrival process of deployments."},
                                [](TenantSegment& t) -> auto& { return t.config.segment.arrivals.kind; }),
      of_preset("arrivals.per_tenant", Unit::event_rate, "0 / d", "1000000 / d",
                "Deployments per tenant, long-run mean.", [](S& s) -> auto& { return s.arrivals.per_day; }),
      tenant(
          "arrivals.total", Unit::event_rate,
          {"none", "0 / d", "100000000 / d", "ECON section 2",
           "Deployments of the whole segment; wins over per_tenant."},
          [](TenantSegment& t) -> auto& { return t.arrivals_total_per_day; }, Shape::optional),
      of_preset("arrivals.daily_amplitude", Unit::fraction, "0 %", "100 %", "Daily: swing around the mean.",
                [](S& s) -> auto& { return s.arrivals.daily_amplitude; }),
      of_preset("arrivals.peak_hour", Unit::number, "0", "23.999", "Daily: hour of the peak, UTC.",
                [](S& s) -> auto& { return s.arrivals.peak_hour_utc; }),
      of_preset("arrivals.weekend_factor", Unit::fraction, "0 %", "100 %", "Daily: rate on weekends.",
                [](S& s) -> auto& { return s.arrivals.weekend_factor; }),
      of_preset("arrivals.cv2", Unit::number, "1", "10000",
                "Bursty: squared coefficient of variation of the gaps.",
                [](S& s) -> auto& { return s.arrivals.cv2; }),
      of_preset("arrivals.start", Unit::duration, "0 s", "20 year", "No arrival earlier than this.",
                [](S& s) -> auto& { return s.arrivals.start; }),
      of_preset("arrivals.count_max", Unit::count, "0", "1000000000",
                "Stop after so many per tenant; 0: never.",
                [](S& s) -> auto& { return s.arrivals.count_max; }),
      of_preset("arrivals.parallel", Unit::count, "1", "4096", "Closed loop: deployments at a time.",
                [](S& s) -> auto& { return s.arrivals.parallel; }),
  };
}

std::vector<Key> request_rows() {
  using T = TenantSegment;
  const std::string source = segments + "; none: the preset's mix";
  const auto optional = [&](const char* name, Unit unit, const char* min, const char* max, const char* doc,
                            auto field) {
    return tenant(std::string("request.") + name, unit, {"none", min, max, source, doc}, field,
                  Shape::optional);
  };
  return {
      optional("cpu", Unit::cpu, "10 m", "384 cpu",
               "One replica's CPU. Giving any `request` replaces the preset's mix.",
               [](T& t) -> auto& { return t.request.cpu_milli; }),
      optional("memory", Unit::bytes, "1 Mi", "2 Ti", "Its memory.",
               [](T& t) -> auto& { return t.request.memory_bytes; }),
      optional("ephemeral", Unit::bytes, "5 Mi", "32 Ti", "Its local disk.",
               [](T& t) -> auto& { return t.request.ephemeral_bytes; }),
      optional("persistent", Unit::bytes, "0 B", "32 Ti", "Its persistent volume.",
               [](T& t) -> auto& { return t.request.persistent_bytes; }),
      tenant("request.persistent_class", Unit::text,
             {"beta2", "", "", "OFF 1.4", "beta1 HDD, beta2 SSD, beta3 NVMe."},
             [](T& t) -> auto& { return t.request.persistent_class; }),
      optional("gpus", Unit::count, "0", "24", "Its GPUs.", [](T& t) -> auto& { return t.request.gpus; }),
      tenant(
          "request.gpu_models", Unit::text, {"[]", "", "", "none", "Any of these; empty: any model."},
          [](T& t) -> auto& { return t.request.gpu_models; }, Shape::list),
      optional("count", Unit::count, "1", "50", "Replicas.", [](T& t) -> auto& { return t.request.count; }),
      tenant(
          "attributes", Unit::text, {"{}", "", "", "none", "Attributes that providers must have."},
          [](T& t) -> auto& { return t.config.segment.requirements.attributes; }, Shape::table),
      choice_row<T>("signed_by", {"none", "any", "all"},
                    {"none", "", "", "OFF section 3 (templates ask for Overclock's signature)",
                     "Only providers whose attributes any, or all, of the scenario's auditors signed."},
                    [](T& t) -> auto& { return t.signed_by; }),
      distribution_row<T>("lifetime", Unit::duration, 3600, {preset, "", "", segments, "Leased time wanted."},
                          [](T& t) -> auto& { return t.config.segment.lifetime_h; }),
  };
}

std::vector<Key> price_rows() {
  using T = TenantSegment;
  using S = SegmentConfig;
  return {
      choice_row<T>("price.habit", {"show_all", "fixed", "reserve"},
                    {preset, "", "", "ECON section 2, price habit",
                     "Maximum posted: one of the usual round ones, always `max`, or what it is worth."},
                    [](T& t) -> auto& { return t.config.segment.price.kind; }),
      tenant(
          "price.max", Unit::block_price,
          {"none", "0.000001 uact/block", "10000000 uact/block", "ECON section 2 (257 of 477 services)",
           "Fixed habit: per replica; none: 10,000."},
          [](T& t) -> auto& { return t.fixed_max; }, Shape::optional),
      choice_row<T>("value.kind", {"constant_elasticity", "distribution", "fixed"},
                    {preset, "", "", segments, "What a deployment is worth to its tenant."},
                    [](T& t) -> auto& { return t.config.segment.value.kind; }),
      of_preset("value.elasticity", Unit::number, "-20", "-0.01", "Of demand to price.",
                [](S& s) -> auto& { return s.value.elasticity; }),
      of_preset("value.floor_ratio", Unit::number, "0.001", "100",
                "Price over cloud price at which all still buy.",
                [](S& s) -> auto& { return s.value.floor_ratio; }),
      of_preset("value.cap_ratio", Unit::number, "0.001", "1000",
                "Value is never above this times the cloud price.",
                [](S& s) -> auto& { return s.value.cap_ratio; }),
      of_preset("value.usd", Unit::usd_per_hour, "0 USD/h", "1000000 USD/h", "Fixed: this.",
                [](S& s) -> auto& { return s.value.usd_h; }),
      of_preset("value.refuse_above", Unit::boolean, "", "", "Bids above the value are refused.",
                [](S& s) -> auto& { return s.value.refuse_above_value; }),
      distribution_row<T>("value.ratio", Unit::number, 1,
                          {preset, "", "", segments, "Distribution: times the cloud price."},
                          [](T& t) -> auto& { return t.config.segment.value.ratio; }),
      of_preset("cloud.gpu", Unit::usd_per_hour, "0 USD/h", "10000 USD/h",
                "Cloud price of a GPU model not listed.", [](S& s) -> auto& { return s.cloud.gpu_h; }),
      tenant(
          "cloud.gpus", Unit::usd_per_hour,
          {"{}", "0 USD/h", "10000 USD/h", "ECON section 2, market reference",
           "Cloud prices by GPU model, over the usual ones."},
          [](T& t) -> auto& { return t.cloud_gpus; }, Shape::table),
      of_preset("cloud.vcpu", Unit::usd_per_hour, "0 USD/h", "10000 USD/h", "Cloud price of a vCPU.",
                [](S& s) -> auto& { return s.cloud.vcpu_h; }),
      of_preset("cloud.memory", Unit::usd_per_hour, "0 USD/h", "10000 USD/h",
                "Cloud price of a GiB of memory.", [](S& s) -> auto& { return s.cloud.memory_gib_h; }),
  };
}

std::vector<Key> choice_rows() {
  using T = TenantSegment;
  using S = SegmentConfig;
  return {
      choice_row<T>("choice.rule", {"cheapest", "logit", "uptime_first", "tier_first"},
                    {preset, "", "", segments, "How a bid is chosen."},
                    [](T& t) -> auto& { return t.config.segment.choice.rule; }),
      choice_row<T>("choice.price_term", {"ratio", "log_ratio"},
                    {preset, "", "", "economics.md V37", "Logit: how price enters."},
                    [](T& t) -> auto& { return t.config.segment.choice.price_term; }),
      of_preset("choice.price_slope", Unit::number, "0", "1000", "Logit: slope in price over cloud price.",
                [](S& s) -> auto& { return s.choice.price_slope; }),
      of_preset("choice.uptime_weight", Unit::number, "0", "1000", "Logit: uptime 1 against 0.",
                [](S& s) -> auto& { return s.choice.uptime_weight; }),
      of_preset("choice.tier_weight", Unit::number, "0", "1000", "Logit: per auditor.",
                [](S& s) -> auto& { return s.choice.tier_weight; }),
      of_preset("choice.region_weight", Unit::number, "0", "1000", "Logit: right region.",
                [](S& s) -> auto& { return s.choice.region_weight; }),
      of_preset("choice.region", Unit::text, "", "", "Region preferred; empty: none.",
                [](S& s) -> auto& { return s.choice.region; }),
      of_preset("choice.min_tier", Unit::count, "0", "64", "Fewest auditors accepted.",
                [](S& s) -> auto& { return s.choice.min_tier; }),
      of_preset("choice.outside_option", Unit::boolean, "", "", "The cloud competes at its price.",
                [](S& s) -> auto& { return s.choice.outside_option; }),
      of_preset("choice.prefer_last_good", Unit::boolean, "", "",
                "The provider of the last good lease comes first.",
                [](S& s) -> auto& { return s.choice.prefer_last_good; }),
      of_preset("bids.window", Unit::duration, "1 ms", "30 d", "Bids are collected so long.",
                [](S& s) -> auto& { return s.bid_window; }),
      of_preset("bids.enough", Unit::count, "0", "500",
                "Choose once so many bids are in; 0: at the window's end.",
                [](S& s) -> auto& { return s.choose_after_bids; }),
      choice_row<T>("bids.none", {"give_up", "keep_open"},
                    {preset, "", "", segments, "When no acceptable bid came."},
                    [](T& t) -> auto& { return t.config.segment.no_bid; }),
      of_preset("bids.rounds", Unit::count, "1", "1000", "Windows waited before giving up.",
                [](S& s) -> auto& { return s.bid_rounds; }),
  };
}

std::vector<Key> loyalty_rows() {
  using T = TenantSegment;
  using S = SegmentConfig;
  return {
      of_preset("redeploy.enabled", Unit::boolean, "", "", "A lease closed by its provider is replaced.",
                [](S& s) -> auto& { return s.redeploy; }),
      of_preset("redeploy.max", Unit::count, "0", "100000", "Times per deployment.",
                [](S& s) -> auto& { return s.redeploys_max; }),
      of_preset("redeploy.exclude_for", Unit::duration, "0 s", "10 year",
                "A provider that failed is shunned so long.", [](S& s) -> auto& { return s.exclude_for; }),
      of_preset("redeploy.failover_after", Unit::duration, "0 s", "10 year",
                "Leave a lease that is down so long; 0: wait.",
                [](S& s) -> auto& { return s.failover_after; }),
      of_preset("replicas", Unit::count, "1", "8", "Deployments per wish, on different providers.",
                [](S& s) -> auto& { return s.replicas; }),
      of_preset("churn.monthly", Unit::fraction, "0 %", "99.9 %", "Probability to leave within 30 days.",
                [](S& s) -> auto& { return s.monthly_churn; }),
      of_preset("churn.return_probability", Unit::fraction, "0 %", "100 %", "Of a tenant that left.",
                [](S& s) -> auto& { return s.return_probability; }),
      of_preset("churn.return_after", Unit::duration, "1 s", "20 year", "Mean absence.",
                [](S& s) -> auto& { return s.return_after; }),
      choice_row<T>("funding.kind", {"top_up", "prepay", "none"},
                    {"top_up", "", "", "OFF section 4", "When escrow is filled."},
                    [](T& t) -> auto& { return t.config.funding.kind; }),
      tenant("funding.low", Unit::duration,
             {"24 h", "1 s", "10 year", "OFF section 4", "Top up below this runway."},
             [](T& t) -> auto& { return t.config.funding.low; }),
      tenant("funding.fill", Unit::duration,
             {"48 h", "1 s", "10 year", "OFF section 4", "Top up to this runway."},
             [](T& t) -> auto& { return t.config.funding.fill; }),
      tenant("funding.margin", Unit::fraction,
             {"2 %", "0 %", "1000 %", "ASSUME", "Prepay: beyond the price."},
             [](T& t) -> auto& { return t.config.funding.margin; }),
      tenant(
          "funding.initial_deposit", Unit::coin,
          {"none", "0 uact", "1000000 AKT", "akash-chain.md section 7",
           "With each deployment; none: the chain's minimum."},
          [](T& t) -> auto& { return t.initial_deposit; }, Shape::optional),
      tenant("manifest", Unit::boolean,
             {"true", "", "", "OFF 2.5", "Send a manifest for each lease; false in pure mechanisms."},
             [](T& t) -> auto& { return t.config.send_manifest; }),
  };
}

}  // namespace

Section tenant_rows() {
  Section section{
      "tenants", true, "Segments of tenants, by name.", {}, [](void* root, const std::string& name) {
        auto& known_segments = static_cast<Scenario*>(root)->tenants;
        for (auto& known : known_segments) {
          if (known.name == name) return static_cast<void*>(&known);
        }
        known_segments.emplace_back().name = name;
        return static_cast<void*>(&known_segments.back());
      }};
  for (auto rows : {who_rows, arrival_rows, request_rows, price_rows, choice_rows, loyalty_rows}) {
    for (Key& key : rows()) section.keys.push_back(std::move(key));
  }
  return section;
}

}  // namespace souk::scenarios
