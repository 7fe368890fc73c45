#include <cmath>
#include <nlohmann/json.hpp>

#include "scenarios/results.hpp"

namespace souk::scenarios {
namespace {

using nlohmann::ordered_json;

ordered_json parameters(const Scenario& scenario) {
  ordered_json out = ordered_json::object();
  for (const UsedSetting& used : scenario.used) {
    ordered_json row{{"value", used.value}, {"set_by", used.set_by}};
    if (!used.source.empty()) row["source"] = used.source;
    out[used.path] = std::move(row);
  }
  return out;
}

/// Numbers that JSON can not hold are null.
ordered_json number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json run_fields(const Scenario& scenario, const RunResult& result) {
  return {{"scenario", scenario.name},
          {"scenario_hash", scenario.hash},
          {"seed", result.seed},
          {"complete", result.complete},
          {"simulated_s", seconds(result.ended - scenario.genesis)},
          {"run_hash", result.run_hash},
          {"state_hash", result.state_hash},
          {"ledger_sound", result.broken_invariant.empty()},
          {"broken_invariant", result.broken_invariant},
          {"events", result.events},
          {"transactions", result.txs},
          {"blocks", result.blocks}};
}

}  // namespace

std::string manifest_json(const Scenario& scenario, const RunResult& result, const Provenance& made_by) {
  ordered_json out = run_fields(scenario, result);
  out["description"] = scenario.description;
  out["program"] = made_by.program;
  out["revision"] = made_by.revision;
  out["host"] = made_by.host == HostKind::sim ? "sim" : "caf";
  out["inputs"] = ordered_json::object();
  for (const auto& [file, digest] : scenario.inputs) out["inputs"][file] = {{"sha256", digest}};
  out["parameters"] = parameters(scenario);
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string summary_json(const Scenario& scenario, const RunResult& result) {
  ordered_json out = run_fields(scenario, result);
  out["warm_up_s"] = seconds(scenario.warm_up);
  ordered_json entities = ordered_json::object();
  for (const Measurement& m : result.summary) {
    entities[result.entities.name(m.entity)][std::string(info(m.metric).name)] = number(m.value);
  }
  out["entities"] = std::move(entities);
  ordered_json definitions = ordered_json::object();
  for (const MetricInfo& metric : metric_table()) {
    definitions[std::string(metric.name)] = {{"unit", metric.unit}, {"definition", metric.definition}};
  }
  out["metrics"] = std::move(definitions);
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace souk::scenarios
