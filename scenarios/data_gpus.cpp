#include "scenarios/data_gpus.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>
#include "runtime/sdl/sdl.hpp"

namespace souk::scenarios {
namespace {

using Json = nlohmann::json;

constexpr std::size_t catalogue_bytes_max = 4 << 20;

/// A text field, or the reason why there is none.
Result<std::string> text_field(const Json& object, const char* key, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string())
    return fail(fmt::format("{}: no text `{}`; one is needed", where, key));
  return found->get<std::string>();
}

/// `80Gi`: whole gibibytes.
Result<std::int64_t> memory_of(const std::string& text, const std::string& where) {
  const bool whole = text.size() > 2 && text.size() < 8 && text.ends_with("Gi") &&
                     text.substr(0, text.size() - 2).find_first_not_of("0123456789") == std::string::npos;
  if (!whole) return fail(fmt::format("{}: memory_size is `{}`; `80Gi` would be right", where, text));
  return std::stoll(text) << 30;
}

Result<GpuDevice> device_of(const Json& json, const std::string& vendor, const std::string& pci_id) {
  if (!json.is_object()) return fail(fmt::format("{}: is no object", pci_id));
  const auto model = text_field(json, "name", pci_id);
  if (!model) return Unexpected{model.error()};
  const auto interface = text_field(json, "interface", pci_id);
  if (!interface) return Unexpected{interface.error()};
  const auto memory = text_field(json, "memory_size", pci_id);
  if (!memory) return Unexpected{memory.error()};
  const auto bytes = memory_of(*memory, pci_id);
  if (!bytes) return Unexpected{bytes.error()};
  return GpuDevice{vendor, pci_id, *model, *interface, *bytes};
}

Result<void> add_vendor(const std::string& id, const Json& json, std::vector<GpuDevice>& devices) {
  if (!json.is_object()) return fail(fmt::format("{}: is no object", id));
  const auto vendor = text_field(json, "name", id);
  if (!vendor) return Unexpected{vendor.error()};
  const auto listed = json.find("devices");
  if (listed == json.end() || !listed->is_object()) return fail(fmt::format("{}: no object `devices`", id));
  for (const auto& [device_id, device_json] : listed->items()) {
    auto device = device_of(device_json, *vendor, fmt::format("{}:{}", id, device_id));
    if (!device) return Unexpected{device.error()};
    devices.push_back(std::move(*device));
  }
  return {};
}

}  // namespace

Result<std::vector<GpuDevice>> load_gpu_catalogue(const std::string& path) {
  const auto text = sdl::read_file(path, catalogue_bytes_max);
  if (!text) return Unexpected{text.error()};
  const Json json = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return fail(path + ": is no JSON object of vendors");
  std::vector<GpuDevice> devices;
  for (const auto& [id, vendor] : json.items()) {
    if (auto result = add_vendor(id, vendor, devices); !result)
      return fail(path + ": " + result.error().message);
  }
  return devices;
}

}  // namespace souk::scenarios
