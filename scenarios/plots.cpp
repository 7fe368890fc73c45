#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>
#include "scenarios/results.hpp"
#include "sim/stats.hpp"

extern char** environ;  // NOLINT: POSIX

namespace souk::scenarios {
namespace {

/// One curve: a metric of an entity over the days of the run, or what `points` says.
struct Curve {
  std::string title;
  Metric metric{};
  std::string entity{};
  std::string points{};  ///< lines of `x y`
};
struct Plot {
  std::string file;
  std::string title;
  std::string y_label;
  std::vector<Curve> curves;
  std::string x_label = "days";
  std::string line = "lines";  ///< or "steps": constant from one point to the next
};

/// Of stake, governance and consensus. A plot without data is not drawn.
std::vector<Plot> chain_plots() {
  const std::string chain = "chain";
  return {{"stake.svg",
           "Inflation, yield and what is bonded",
           "share",
           {{"inflation", Metric::inflation, chain},
            {"bonded ratio", Metric::bonded_ratio, chain},
            {"staking APR", Metric::staking_apr, chain},
            {"delegators' yield", Metric::delegator_yield, chain}}},
          {"validators.svg",
           "Validators",
           "validators",
           {{"in the set", Metric::validators_in_set, chain},
            {"in jail", Metric::validators_jailed, chain},
            {"Nakamoto coefficient", Metric::nakamoto_stake, chain}}},
          {"governance.svg",
           "Votes",
           "share",
           {{"turnout", Metric::turnout, chain}, {"passed", Metric::pass_rate, chain}}},
          {"consensus.svg",
           "Consensus",
           "rounds; minutes",
           {{"rounds per height", Metric::rounds_per_height, chain},
            {"minutes without blocks", Metric::halt_time, chain}}}};
}

std::string point(double x, double y) { return fmt::format("{} {}\n", number_text(x), number_text(y)); }

/// Revenue over providers, poorest first.
Plot lorenz_plot(const RunResult& result) {
  Plot plot{
      "lorenz.svg", "Revenue over providers", "share of revenue", {}, "share of providers, poorest first"};
  std::vector<double> revenue;
  for (const Measurement& m : result.summary) {
    if (m.metric == Metric::provider_revenue && result.entities.name(m.entity).starts_with("provider:"))
      revenue.push_back(m.value);
  }
  std::string points;
  if (sim::hhi(revenue) > 0)
    for (const sim::LorenzPoint& p : sim::lorenz(revenue)) points += point(p.population, p.value);
  if (points.empty()) return plot;
  plot.curves.push_back({"Lorenz curve", {}, {}, points});
  plot.curves.push_back({"all alike", {}, {}, point(0, 0) + point(1, 1)});
  return plot;
}

/// Kaplan-Meier of lease lives by segment; leases that run on are censored.
Plot survival_plot(const RunResult& result) {
  constexpr double day_s = 86'400;
  constexpr std::size_t drawn = 400;  // points of a curve
  std::map<std::string, std::vector<sim::Lifetime>> lives;
  for (const LeaseRecord& lease : result.leases) {
    const Time end = lease.closed.value_or(result.ended);
    lives[result.tenants[lease.tenant].group].push_back(
        {seconds(end - lease.leased) / day_s, lease.closed.has_value()});
  }
  Plot plot{"survival.svg", "Leases that live longer", "share", {}, "days since the lease began", "steps"};
  for (auto& [segment, times] : lives) {
    const auto steps = sim::kaplan_meier(std::move(times));
    if (steps.empty()) continue;
    std::string points = point(0, 1);
    const std::size_t stride = steps.size() / drawn + 1;
    for (std::size_t i = stride - 1; i < steps.size(); i += stride)
      points += point(steps[i].time, steps[i].survival);
    if (steps.size() % stride != 0) points += point(steps.back().time, steps.back().survival);
    plot.curves.push_back({segment, {}, {}, points});
  }
  return plot;
}

std::vector<Plot> plots_of(const RunResult& result) {
  Plot price{"price.svg", "Price of leases created", "USD per GPU-hour", {}};
  Plot used{"utilisation.svg", "Utilisation and fragmentation", "share", {}};
  for (const std::string& model : result.gpu_models) {
    price.curves.push_back({model, Metric::price_gpu_hour, "gpu:" + model});
    used.curves.push_back({model, Metric::gpu_utilisation, "gpu:" + model});
  }
  if (result.gpu_models.empty()) {
    price.y_label = "USD per vCPU-month";
    price.curves.push_back({"vCPU", Metric::price_vcpu_month, "market"});
  }
  used.curves.push_back({"CPU", Metric::cpu_utilisation, "market"});
  used.curves.push_back({"idle GPUs in pieces below 8", Metric::gpu_fragmentation, "market"});
  Plot leases{"active_leases.svg", "Active leases", "leases", {{"active", Metric::active_leases, "market"}}};
  leases.curves.push_back({"created in the interval", Metric::leases_created, "market"});
  Plot flows{"escrow_flows.svg", "Coins through escrow", "USD per interval", {}};
  flows.curves = {{"deposited by tenants", Metric::escrow_deposited, "market"},
                  {"paid to providers", Metric::escrow_paid, "market"},
                  {"refunded to tenants", Metric::escrow_refunded, "market"}};
  std::vector<Plot> plots{price, used, leases, flows, lorenz_plot(result), survival_plot(result)};
  for (Plot& plot : chain_plots()) plots.push_back(std::move(plot));
  return plots;
}

/// Points of a curve as gnuplot reads them; empty if there are none.
std::string points(const Curve& curve, const Scenario& scenario, const RunResult& result) {
  std::string out = curve.points;
  for (const Measurement& m : result.series) {
    if (curve.entity.empty()) break;
    if (m.metric != curve.metric || result.entities.name(m.entity) != curve.entity || !std::isfinite(m.value))
      continue;
    out += point(seconds(m.time - scenario.genesis) / 86'400, m.value);
  }
  return out;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + '"';
}

/// The script of one plot; empty if no curve has a point.
std::string script_of(const Plot& plot, const std::string& output, const Scenario& scenario,
                      const RunResult& result) {
  std::string data;
  std::string draw;
  int number = 0;
  for (const Curve& curve : plot.curves) {
    const std::string rows = points(curve, scenario, result);
    if (rows.empty()) continue;
    const bool one = rows.find('\n') == rows.size() - 1;
    data += fmt::format("$d{} << EOD\n{}EOD\n", number, rows);
    draw += fmt::format("{}$d{} using 1:2 with {} title {}", draw.empty() ? "plot " : ", ", number,
                        one ? "points pt 7" : plot.line + " lw 2", quoted(curve.title));
    ++number;
  }
  if (draw.empty()) return {};
  return fmt::format(
      "set encoding utf8\nset terminal svg size 900,500 enhanced font \"sans,13\" background \"white\" "
      "name \"souk\"\nset termoption noenhanced\nset output {}\nset title {}\nset xlabel {}\nset "
      "ylabel {}\n"
      "set key outside right top\nset grid\nset yrange [0:*]\n{}{}\n",
      quoted(output), quoted(scenario.name + ": " + plot.title), quoted(plot.x_label), quoted(plot.y_label),
      data, draw);
}

std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    if (line.find_first_not_of(" \t^") != std::string::npos) return line;
  }
  return "no message";
}

/// Runs gnuplot on the script, its messages going to `messages`, out of reach of our terminal's Ctrl-C.
Result<void> run_gnuplot(const std::string& script, const std::filesystem::path& messages) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawnattr_t how;
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
  std::string program = "gnuplot";
  std::string file = script;
  std::array<char*, 3> arguments{program.data(), file.data(), nullptr};
  pid_t child = 0;
  const int error = posix_spawnp(&child, "gnuplot", &files, &how, arguments.data(), environ);
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) {
    return fail(fmt::format(
        "gnuplot can not be run ({}); install gnuplot-nox, or leave the plots out with --no-plots",
        std::strerror(error)));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return fail("gnuplot failed: " + first_line(messages));
}

/// A folder of our own for scripts and messages, removed at the end.
class Workshop {
 public:
  Workshop() {
    std::string name = (std::filesystem::temp_directory_path() / "souk-plot-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  ~Workshop() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  bool ok() const { return !path_.empty(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

Result<void> check_gnuplot() {
  const Workshop workshop;
  if (!workshop.ok()) return fail("the folder for temporary files can not be written to");
  const std::filesystem::path script = workshop.path() / "check.gp";
  std::ofstream(script) << "set terminal svg\n";
  return run_gnuplot(script.string(), workshop.path() / "messages");
}

Result<void> draw_plots(ResultFolder& folder, const Scenario& scenario, const RunResult& result) {
  const Workshop workshop;
  if (!workshop.ok()) return fail("the folder for temporary files can not be written to");
  for (const Plot& plot : plots_of(result)) {
    const std::filesystem::path drawn = workshop.path() / plot.file;
    const std::string script = script_of(plot, drawn.string(), scenario, result);
    if (script.empty()) continue;
    const std::filesystem::path script_file = workshop.path() / (plot.file + ".gp");
    std::ofstream(script_file) << script;
    if (auto run = run_gnuplot(script_file.string(), workshop.path() / "messages"); !run) return run;
    std::ifstream in(drawn, std::ios::binary);
    const std::string svg((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (svg.empty()) return fail("gnuplot drew nothing for " + plot.file);
    if (auto added = folder.add(plot.file, svg); !added) return added;
  }
  return {};
}

}  // namespace souk::scenarios
