#include "actors/consensus/sign_guard.hpp"

namespace souk::consensus {

SignGuard::Answer SignGuard::ask(const Statement& statement) {
  const Place place = place_of(statement);
  if (const auto known = signed_.find(place); known != signed_.end())
    return known->second == statement ? Answer::repeat : Answer::refuse;
  if (floor_ && place <= *floor_) return Answer::refuse;
  if (!signed_.empty()) {
    if (place < signed_.rbegin()->first) return Answer::refuse;
    // Nobody asks for a lower height any more, so the memory is that of one height.
    if (statement.height > std::get<Height>(signed_.rbegin()->first)) signed_.clear();
  }
  signed_.emplace(place, statement);
  return Answer::sign;
}

Result<void> SignGuard::recover(const Statement& statement) {
  // The log is the guard's own memory, so a floor that the log has reached too does not speak against it.
  const auto floor = std::exchange(floor_, std::nullopt);
  const Answer answer = ask(statement);
  floor_ = floor;
  if (answer == Answer::refuse)
    return fail("the log's statement of height " + std::to_string(statement.height.value) + ", round " +
                std::to_string(statement.round) + " contradicts an earlier one or goes back");
  return {};
}

}  // namespace souk::consensus
