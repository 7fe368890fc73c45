#pragma once

#include "runtime/sdl/source.hpp"

/// From an SDL file as written to groups and manifest. Internal to this folder; each throws Refused.
namespace souk::sdl {

/// Names resolve, IP endpoints are used once, volumes are mounted as they must be (sections 1.2, 1.5).
void check_references(const Source& source);

/// Sizes, prices and totals are within the chain's limits (section 1.5).
void check_limits(const Source& source);

/// tcp or udp in any case; "" is tcp.
std::optional<Protocol> protocol_of(std::string_view text);

/// What the manifest's own validation asks of names, images, variables, ports and hosts (section 1.5).
void check_services(const Source& source);

/// Groups and manifest, in section 1.6's order. REQUIRES: the checks above passed.
void build(const Source& source, Sdl& sdl);

}  // namespace souk::sdl
