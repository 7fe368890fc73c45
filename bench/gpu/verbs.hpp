#pragma once

#include <string>

namespace CLI {
class App;
}

namespace souk::gpu {

/// What `souk-gpu` ends with (gpu-capacity.md section 8).
inline constexpr int exit_pass = 0;       ///< every result reached its bound, or the proof holds
inline constexpr int exit_below = 1;      ///< a result is below its bound, or the proof does not hold
inline constexpr int exit_bad_input = 2;  ///< bad input, usage, or a failed CUDA call: nothing was measured
inline constexpr int exit_no_gpu = 3;     ///< waived: no GPU, no driver, or a program built without CUDA

/// Each adds one subcommand to `app`; its callback stores the exit code.
void add_bench_verb(CLI::App& app, int& exit_code);
void add_challenge_verb(CLI::App& app, int& exit_code);
void add_prove_verb(CLI::App& app, int& exit_code);
void add_verify_verb(CLI::App& app, int& exit_code);

/// Prints "souk-gpu: " and `message`, one line, on stderr. Returns exit_bad_input.
int report_bad_input(const std::string& message);

/// The same for a machine without a GPU. Returns exit_no_gpu.
int report_no_gpu(const std::string& message);

}  // namespace souk::gpu
