#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/base/result.hpp"
#include "actors/base/time.hpp"

/// Arrival and runtime traces: folders `azure-llm-2023` and `philly-runtime`.
namespace souk::scenarios {

struct LlmRequest {
  Duration since_first{};  ///< 100 ns resolution
  std::int64_t context_tokens = 0;
  std::int64_t generated_tokens = 0;
};

/// Azure's LLM inference trace of 2023, in the order of arrival. Errors: missing file or column, a bad
/// timestamp, time going backwards, as `file:line: ...`.
Result<std::vector<LlmRequest>> load_azure_llm(const std::string& path);

/// Microsoft Philly job runtimes, in the order of the file. Errors as above.
Result<std::vector<Duration>> load_philly_runtimes(const std::string& path);

}  // namespace souk::scenarios
