// profiles.compute: what one replica gets (akash-offchain.md sections 1.2 to 1.4).
#include <algorithm>
#include <set>

#include "runtime/sdl/rules.hpp"
#include "runtime/sdl/source.hpp"

namespace souk::sdl {
namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

/// The schema wants sizes quoted or with a suffix: a bare number is a number there.
std::uint64_t size_of(const Node& node, std::string_view key, Warnings& warnings) {
  const auto bytes = parse_size_bytes(string_of(warnings, node, key));
  if (!bytes) refuse(node.line, bytes.error().message);
  return *bytes;
}

void decode_cpu(const Node& node, ComputeProfile& profile, Warnings& warnings) {
  Fields fields(warnings, node, "cpu");
  profile.cpu_milli = Located<std::uint64_t>{0, node.line};
  if (const Node* units = fields.take("units")) {
    const auto milli = parse_cpu_milli(text_of(*units, "units"));
    if (!milli) refuse(units->line, milli.error().message);
    profile.cpu_milli = Located<std::uint64_t>{*milli, units->line};
  }
  if (const Node* attributes = fields.take("attributes")) {
    Fields known(warnings, *attributes, "cpu.attributes");
    if (known.has("arch")) {
      const Node* arch = known.take("arch");
      profile.cpu_attributes.push_back({"arch", arch == nullptr ? "" : string_of(warnings, *arch, "arch")});
    }
    known.refuse_unknown();
  }
  fields.refuse_unknown();
}

void decode_memory(const Node& node, ComputeProfile& profile, Warnings& warnings) {
  Fields fields(warnings, node, "memory");
  profile.memory_bytes = Located<std::uint64_t>{0, node.line};
  if (const Node* size = fields.take("size"))
    profile.memory_bytes = Located<std::uint64_t>{size_of(*size, "size", warnings), size->line};
  fields.warn_of_unknown();
}

/// One entry of `vendor.nvidia`, as the tail of its attribute key.
std::string gpu_model_of(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "nvidia");
  std::string key;
  if (const Node* model = fields.take("model")) key = string_of(warnings, *model, "model");
  if (const Node* ram = fields.take("ram")) {
    const auto bytes = parse_ram_bytes(text_of(*ram, "ram"));
    if (!bytes) refuse(ram->line, bytes.error().message);
    key += "/ram/" + std::to_string(*bytes >> 30) + "Gi";
  }
  if (const Node* interface = fields.take("interface")) {
    const std::string& name = text_of(*interface, "interface");
    if (name != "pcie" && name != "sxm")
      refuse(interface->line, "unknown GPU interface " + quoted(name) + "; `pcie` or `sxm` would be right");
    key += "/interface/" + name;
  }
  fields.warn_of_unknown();
  return key;
}

Attributes decode_gpu_attributes(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "gpu.attributes");
  const Node* vendor = fields.take("vendor");
  fields.refuse_unknown();
  if (vendor == nullptr)
    refuse(node.line, "`gpu.attributes` without a vendor; `vendor: {nvidia: [{model: ...}]}` would be right");
  Fields vendors(warnings, *vendor, "vendor");
  Attributes attributes;
  if (const Node* nvidia = vendors.take("nvidia")) {
    for (const Node* model : items_of(*nvidia, "nvidia"))
      attributes.push_back({"vendor/nvidia/model/" + gpu_model_of(*model, warnings), "true"});
  }
  vendors.warn_of_unknown();
  if (attributes.empty()) attributes.push_back({"vendor/nvidia/model/*", "true"});
  std::sort(attributes.begin(), attributes.end());
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (!is_attribute_key(attributes[i].key))
      refuse(vendor->line,
             quoted(attributes[i].key) + " is no attribute key; letters, digits and _ / . - would be right");
    if (i > 0 && attributes[i].key == attributes[i - 1].key)
      refuse(vendor->line, "GPU " + quoted(attributes[i].key) + " is listed twice; keep one");
  }
  return attributes;
}

void decode_gpu(const Node& node, ComputeProfile& profile, Warnings& warnings) {
  Fields fields(warnings, node, "gpu");
  profile.gpu_units.line = node.line;
  if (const Node* units = fields.take("units")) {
    const auto count = parse_gpu_units(text_of(*units, "units"));
    if (!count) refuse(units->line, count.error().message);
    profile.gpu_units = {*count, units->line};
  }
  if (const Node* attributes = fields.take("attributes"))
    profile.gpu_attributes = decode_gpu_attributes(*attributes, warnings);
  fields.refuse_unknown();
  if (profile.gpu_units.value > 0 && profile.gpu_attributes.empty())
    refuse(profile.gpu_units.line, "`gpu.units` above 0 needs `gpu.attributes.vendor`");
}

/// `persistent` and `class`, with the defaults and folding of section 1.4.
Attributes decode_storage_attributes(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "storage.attributes");
  const Node* persistent_node = fields.take("persistent");
  const Node* class_node = fields.take("class");
  fields.refuse_unknown();
  const std::string persistent = persistent_node != nullptr ? text_of(*persistent_node, "persistent")
                                 : fields.has("persistent") ? ""
                                                            : "false";
  std::string storage_class = class_node != nullptr ? string_of(warnings, *class_node, "class") : "";
  bool has_class = fields.has("class");
  // The order of these checks is Go's: the class is looked at before yes/no and on/off are folded.
  if (storage_class.empty()) {
    if (persistent == "true") {
      storage_class = "default";
      has_class = true;
    }
  } else if (storage_class == "ram") {
    if (persistent != "false")
      refuse(persistent_node->line,
             "storage of class `ram` can not be persistent; `persistent: false` would be right");
  } else if (persistent == "false") {
    refuse(class_node->line,
           "storage of class " + quoted(storage_class) + " must be persistent; add `persistent: true`");
  }
  const auto folded = fold_bool(persistent);
  if (!folded)
    refuse(persistent_node != nullptr ? persistent_node->line : node.line,
           "`persistent` must be true or false, not " + quoted(persistent));
  if (has_class && !is_storage_class(storage_class))
    refuse(class_node != nullptr ? class_node->line : node.line,
           "unknown storage class " + quoted(storage_class) +
               "; default, beta1, beta2, beta3 or ram would be right");
  if (class_node == nullptr || persistent_node == nullptr)
    warnings.add(node.line, "storage attributes should name both `persistent` and `class`");
  else if (storage_class != "ram" && persistent != "true")
    warnings.add(persistent_node->line, "write `persistent: true` for class " + quoted(storage_class));
  Attributes attributes;
  if (has_class) attributes.push_back({"class", storage_class});
  attributes.push_back({"persistent", *folded ? "true" : "false"});
  return attributes;
}

Volume decode_volume(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "storage");
  Volume volume;
  volume.line = node.line;
  volume.bytes.line = node.line;
  if (const Node* name = fields.take("name")) {
    const std::string& text = string_of(warnings, *name, "name");
    if (!text.empty()) volume.name = text;
  }
  if (const Node* size = fields.take("size")) volume.bytes = {size_of(*size, "size", warnings), size->line};
  if (const Node* attributes = fields.take("attributes")) {
    volume.attributes_line = attributes->line;
    volume.attributes = decode_storage_attributes(*attributes, warnings);
  }
  fields.warn_of_unknown();
  return volume;
}

/// Go's comparison of two volumes, which is not a strict order: of two equally large volumes that are not
/// persistent each goes before the other.
bool goes_before(const Volume& a, const Volume& b) {
  if (a.bytes.value != b.bytes.value) return a.bytes.value < b.bytes.value;
  const std::string* a_persistent = find_attribute(a.attributes, "persistent");
  const std::string* b_persistent = find_attribute(b.attributes, "persistent");
  if (b_persistent != nullptr && (a_persistent == nullptr || *a_persistent < *b_persistent)) return true;
  if (a_persistent != nullptr && b_persistent == nullptr) return false;
  if (a_persistent == nullptr || *a_persistent != "true") return true;
  if (b_persistent == nullptr || *b_persistent != "true") return false;
  return a.name < b.name;
}

/// Go's stable sort of up to 20 elements is an insertion sort, and with goes_before() its result depends on
/// being one: volumes that go before each other end up in the reverse of the order written. The hash depends
/// on it, so it is done the same way here.
void sort_as_go(std::vector<Volume>& volumes) {
  for (std::size_t i = 1; i < volumes.size(); ++i) {
    for (std::size_t j = i; j > 0 && goes_before(volumes[j], volumes[j - 1]); --j)
      std::swap(volumes[j], volumes[j - 1]);
  }
}

std::vector<Volume> decode_storage(const Node& node, Warnings& warnings) {
  std::vector<Volume> volumes;
  if (node.kind == Node::Kind::map) {
    volumes.push_back(decode_volume(node, warnings));
    volumes.back().name = "default";
  } else if (node.kind == Node::Kind::list) {
    if (node.items.size() > volumes_max)
      refuse(node.line, std::to_string(node.items.size()) + " volumes; at most " +
                            std::to_string(volumes_max) + " are read, and providers take 4");
    for (const Node* item : node.items) volumes.push_back(decode_volume(*item, warnings));
  } else {
    refuse(node.line, "`storage` must be a map or a list of volumes; `storage: {size: 1Gi}` would be right");
  }
  std::set<std::string_view> names;
  for (const Volume& volume : volumes) {
    if (!names.insert(volume.name).second)
      refuse(volume.line,
             "volume " + quoted(volume.name) + " is there twice; give each volume a `name` of its own");
  }
  sort_as_go(volumes);
  return volumes;
}

}  // namespace

ComputeProfile decode_compute(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "compute profile");
  ComputeProfile profile;
  profile.line = node.line;
  const Node* resources = fields.take("resources");
  fields.warn_of_unknown();
  if (resources == nullptr) return profile;
  profile.has_resources = true;
  profile.gpu_units.line = resources->line;
  Fields known(warnings, *resources, "resources");
  if (const Node* cpu = known.take("cpu")) decode_cpu(*cpu, profile, warnings);
  if (const Node* memory = known.take("memory")) decode_memory(*memory, profile, warnings);
  if (const Node* storage = known.take("storage")) profile.storage = decode_storage(*storage, warnings);
  if (const Node* gpu = known.take("gpu")) decode_gpu(*gpu, profile, warnings);
  known.warn_of_unknown();
  return profile;
}

}  // namespace souk::sdl
