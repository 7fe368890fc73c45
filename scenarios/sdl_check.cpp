#include "scenarios/sdl_check.hpp"

#include <ostream>

#include "runtime/sdl/json.hpp"
#include "runtime/sdl/sdl.hpp"
#include "scenarios/verbs.hpp"

namespace souk::scenarios {
namespace {

/// What came of one file: the SDL, or why not.
Expected<sdl::Sdl, sdl::Problem> check(const std::string& file) {
  const sdl::Limits limits;
  const auto text = sdl::read_file(file, limits.bytes_max);
  if (text) return sdl::parse(*text, limits);
  // read_file names the file, as print_text does again.
  const std::string& message = text.error().message;
  const std::string prefix = file + ": ";
  return Unexpected{sdl::Problem{0, message.starts_with(prefix) ? message.substr(prefix.size()) : message}};
}

std::string line_json(std::uint32_t line) { return line == 0 ? "null" : std::to_string(line); }

std::string warnings_json(const std::vector<sdl::Problem>& warnings) {
  std::string json = "[";
  for (const sdl::Problem& warning : warnings) {
    json += json.size() > 1 ? "," : "";
    json +=
        "{\"line\":" + line_json(warning.line) + ",\"message\":" + sdl::json_string(warning.message) + "}";
  }
  return json + "]";
}

void print_json(const std::string& file, const Expected<sdl::Sdl, sdl::Problem>& result, std::ostream& out) {
  out << "{\"file\":" << sdl::json_string(file) << ",\"ok\":" << (result ? "true" : "false");
  if (result) {
    out << ",\"error\":null,\"line\":null,\"warnings\":" << warnings_json(result.value().warnings)
        << ",\"hash\":\"" << to_hex(sdl::deployment_hash(result.value().manifest))
        << "\",\"groups\":" << sdl::groups_json(result.value().groups)
        << ",\"manifest\":" << sdl::manifest_json(result.value().manifest) << "}\n";
  } else {
    out << ",\"error\":" << sdl::json_string(result.error().message)
        << ",\"line\":" << line_json(result.error().line)
        << ",\"warnings\":[],\"hash\":null,\"groups\":null,\"manifest\":null}\n";
  }
}

void print_text(const std::string& file, const Expected<sdl::Sdl, sdl::Problem>& result, std::ostream& out,
                std::ostream& errors) {
  if (!result) {
    errors << sdl::to_string(file, result.error()) << "\n";
    return;
  }
  std::size_t services = 0;
  for (const auto& group : result.value().manifest) services += group.services.size();
  out << "ok  " << to_hex(sdl::deployment_hash(result.value().manifest)) << "  " << file << "  (groups "
      << result.value().groups.size() << ", services " << services << ")\n";
  for (const sdl::Problem& warning : result.value().warnings)
    out << "    warning: " << sdl::to_string(file, warning) << "\n";
}

}  // namespace

int check_sdl_files(const std::vector<std::string>& files, bool json, std::ostream& out,
                    std::ostream& errors) {
  bool all_good = true;
  for (const std::string& file : files) {
    const auto result = check(file);
    all_good = all_good && result.has_value();
    if (json)
      print_json(file, result, out);
    else
      print_text(file, result, out, errors);
  }
  return all_good ? exit_ok : exit_does_not_hold;
}

}  // namespace souk::scenarios
