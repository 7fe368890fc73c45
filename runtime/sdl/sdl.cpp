#include "runtime/sdl/sdl.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>

#include "runtime/sdl/resolve.hpp"

namespace souk::sdl {
namespace {

void warn_of_unused_services(const Source& source, Warnings& warnings) {
  for (const auto& [name, service] : source.services) {
    const auto uses = source.deployment.find(name);
    if (uses == source.deployment.end() || uses->second.empty())
      warnings.add(service.line, "service `" + name + "` is not deployed; name it under `deployment`");
  }
}

}  // namespace

Expected<Sdl, Problem> parse(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes_max)
    return Unexpected{
        Problem{0, "larger than " + std::to_string(limits.bytes_max) + " bytes; no SDL file is"}};
  try {
    Warnings warnings;
    const YamlDocument document = parse_yaml(text, limits);
    const Source source = decode_source(document, warnings);
    check_references(source);
    check_limits(source);
    check_services(source);
    warn_of_unused_services(source, warnings);
    Sdl sdl;
    sdl.version = source.version;
    sdl.reclamation_min_window = source.reclamation_min_window;
    build(source, sdl);
    sdl.warnings = warnings.take_sorted();
    return sdl;
  } catch (const Refused& refused) {
    return Unexpected{refused.problem};
  }
}

std::string to_string(const std::string& file, const Problem& problem) {
  return file + (problem.line == 0 ? "" : ":" + std::to_string(problem.line)) + ": " + problem.message;
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return fail(path + ": is a folder; a file would be right");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) return fail(path + ": " + std::strerror(errno));
  std::string bytes;
  char buffer[1 << 14];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, file.get())) {
    if (bytes.size() + got > bytes_max)
      return fail(path + ": larger than " + std::to_string(bytes_max) + " bytes");
    bytes.append(buffer, got);
  }
  if (std::ferror(file.get()) != 0) return fail(path + ": " + std::strerror(errno));
  return bytes;
}

Result<Sdl> load(const std::string& path, const Limits& limits) {
  const auto text = read_file(path, limits.bytes_max);
  if (!text) return fail(text.error().message);
  auto sdl = parse(*text, limits);
  if (!sdl) return fail(to_string(path, sdl.error()));
  return std::move(*sdl);
}

}  // namespace souk::sdl
