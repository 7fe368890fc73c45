#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/chain/types.hpp"

/// GPU products and the GPU attributes of orders: what is asked for, what answers it (akash-offchain.md
/// section 2.3).
namespace souk {

/// One GPU product as a provider announces it. Texts are those of attributes: vendor "nvidia", model "a100",
/// ram "80Gi", form "sxm" or "pcie". An empty ram or form is unknown and matches only wishes without it.
struct GpuModel {
  std::string vendor = "nvidia";
  std::string model;
  std::string ram;
  std::string form;
  friend bool operator==(const GpuModel&, const GpuModel&) = default;
};

/// A GPU attribute of an order, taken apart: vendor/V/model/M[/ram/R][/interface/F]. Views into its key; the
/// model may be "*", ram and form may be empty.
struct GpuWish {
  std::string_view vendor;
  std::string_view model;
  std::string_view ram;
  std::string_view form;
};

/// Empty if `key` is no GPU attribute.
std::optional<GpuWish> parse_gpu_wish(std::string_view key);
/// Vendor and model equal (or model "*"), ram text equal, interface equal after lower-casing and folding
/// sxm2..5 to sxm; what the wish leaves out does not matter.
bool answers(const GpuModel& gpu, const GpuWish& wish);
/// The first of the unit's wishes that `gpu` answers. A unit that names no GPU takes any.
std::optional<GpuWish> answered_wish(const GpuModel& gpu, const Attributes& wishes);
/// The attribute key a bid names: the concrete model, with ram and interface as far as they were asked for.
std::string offered_gpu_key(const GpuModel& gpu, const GpuWish& wish);

}  // namespace souk
