// libFuzzer: any text is either refused with a reason, or gives a manifest that matches its groups.
#include <cstddef>
#include <cstdint>

#include "actors/base/check.hpp"
#include "runtime/sdl/json.hpp"
#include "runtime/sdl/sdl.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto sdl = souk::sdl::parse({reinterpret_cast<const char*>(data), size});
  if (!sdl) {
    SOUK_CHECK(!sdl.error().message.empty());
    return 0;
  }
  std::vector<souk::GroupSpec> specs;
  for (const auto& group : sdl.value().groups) specs.push_back(group.spec);
  SOUK_CHECK(souk::sdl::check_against_groups(sdl.value().manifest, specs).has_value());
  SOUK_CHECK(souk::sdl::canonical_json(sdl.value().manifest).size() ==
             souk::sdl::manifest_json(sdl.value().manifest).size());
  return 0;
}
