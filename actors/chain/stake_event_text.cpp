#include "actors/base/reflect.hpp"
#include "actors/chain/event_text.hpp"

namespace souk {

std::string stake_event_type(const StakeEvent& event) {
  return std::visit([](const auto& e) { return std::string(type_name<std::remove_cvref_t<decltype(e)>>()); },
                    event);
}

std::vector<std::pair<std::string, std::string>> stake_event_attributes(const StakeEvent&) { return {}; }

}  // namespace souk
