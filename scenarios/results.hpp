#pragma once

#include <string>

#include "scenarios/result_folder.hpp"
#include "scenarios/world.hpp"

/// What a run leaves behind: tables for people, files for programs. No file says when, where or on how many
/// threads it was made: the same scenario and seed give the same bytes on any machine.
namespace souk::scenarios {

/// Who made a result.
struct Provenance {
  std::string program = "souk";
  std::string revision;  ///< of the source; "unknown" where the build could not tell
  HostKind host = HostKind::sim;
};

/// manifest.json: seed, scenario hash, revision, inputs with their hashes, every parameter as used.
std::string manifest_json(const Scenario& scenario, const RunResult& result, const Provenance& made_by);
/// summary.json: run hash, every summary value with unit and definition.
std::string summary_json(const Scenario& scenario, const RunResult& result);
/// metrics.csv: scenario,arm,seed,time,entity,metric,value,unit; time in seconds since the start.
std::string metrics_csv(const Scenario& scenario, const RunResult& result);
/// leases.csv: one line per lease, in the order of creation.
std::string leases_csv(const Scenario& scenario, const RunResult& result);
/// The table on the terminal, ending with the line `run hash: ...`.
std::string summary_text(const Scenario& scenario, const RunResult& result);

/// All files of a run and, if `plots`, its plots. Errors: what the disk refuses; gnuplot missing or failing.
Result<void> write_results(const std::string& folder, const Scenario& scenario, const RunResult& result,
                           const Provenance& made_by, bool plots = true);

/// Whether gnuplot can be run at all, to know before a long run. Errors: as draw_plots.
Result<void> check_gnuplot();

/// Draws the plots of `result` into `folder`: price.svg, utilisation.svg, active_leases.svg,
/// escrow_flows.svg, lorenz.svg, survival.svg; of stake and consensus stake.svg, validators.svg,
/// governance.svg, consensus.svg. A child process, gnuplot, reads a script from a file. A plot without data
/// is left out. Errors: gnuplot can not be run (says what to install), or fails (its first line).
Result<void> draw_plots(ResultFolder& folder, const Scenario& scenario, const RunResult& result);

/// The shortest text that reads back as the same number; "nan" and "inf" as such.
std::string number_text(double value);

}  // namespace souk::scenarios
