#include "actors/chain/events.hpp"

namespace souk {

ChainEvent::ChainEvent(const ChainEvent&) = default;
ChainEvent::ChainEvent(ChainEvent&&) noexcept = default;
ChainEvent& ChainEvent::operator=(const ChainEvent&) = default;
ChainEvent& ChainEvent::operator=(ChainEvent&&) noexcept = default;
ChainEvent::~ChainEvent() = default;

StakeEvent::StakeEvent(const StakeEvent&) = default;
StakeEvent::StakeEvent(StakeEvent&&) noexcept = default;
StakeEvent& StakeEvent::operator=(const StakeEvent&) = default;
StakeEvent& StakeEvent::operator=(StakeEvent&&) noexcept = default;
StakeEvent::~StakeEvent() = default;

}  // namespace souk
