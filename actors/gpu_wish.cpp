#include "actors/gpu_wish.hpp"

#include <algorithm>

namespace souk {
namespace {

std::string_view next_part(std::string_view& key) {
  const auto slash = key.find('/');
  const std::string_view part = key.substr(0, slash);
  key.remove_prefix(slash == std::string_view::npos ? key.size() : slash + 1);
  return part;
}

/// Compares as the daemon does: lower case, and sxm2 .. sxm5 are sxm.
bool same_form(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto fold = [&](std::string_view form) {
    const bool numbered = form.size() == 4 && form[3] >= '2' && form[3] <= '5' && lower(form[0]) == 's' &&
                          lower(form[1]) == 'x' && lower(form[2]) == 'm';
    return numbered ? form.substr(0, 3) : form;
  };
  a = fold(a);
  b = fold(b);
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::optional<GpuWish> parse_gpu_wish(std::string_view key) {
  GpuWish wish;
  while (!key.empty()) {
    const std::string_view name = next_part(key);
    const std::string_view value = next_part(key);
    if (name == "vendor") {
      wish.vendor = value;
    } else if (name == "model") {
      wish.model = value;
    } else if (name == "ram") {
      wish.ram = value;
    } else if (name == "interface") {
      wish.form = value;
    } else {
      return std::nullopt;
    }
  }
  if (wish.vendor.empty() || wish.model.empty()) return std::nullopt;
  return wish;
}

bool answers(const GpuModel& gpu, const GpuWish& wish) {
  return gpu.vendor == wish.vendor && (wish.model == "*" || gpu.model == wish.model) &&
         (wish.ram.empty() || gpu.ram == wish.ram) && (wish.form.empty() || same_form(gpu.form, wish.form));
}

std::optional<GpuWish> answered_wish(const GpuModel& gpu, const Attributes& wishes) {
  if (wishes.empty()) return GpuWish{gpu.vendor, gpu.model, {}, {}};
  for (const Attribute& attribute : wishes) {
    const auto wish = parse_gpu_wish(attribute.key);
    if (wish && attribute.value == "true" && answers(gpu, *wish)) return wish;
  }
  return std::nullopt;
}

std::string offered_gpu_key(const GpuModel& gpu, const GpuWish& wish) {
  std::string key = "vendor/" + gpu.vendor + "/model/" + gpu.model;
  if (!wish.ram.empty()) key.append("/ram/").append(wish.ram);
  if (!wish.form.empty()) key.append("/interface/").append(wish.form);
  return key;
}

}  // namespace souk
