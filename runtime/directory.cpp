#include "runtime/directory.hpp"

#include <algorithm>

namespace souk::runtime {

ActorId Directory::add(std::string name, const ActorOptions& options) {
  SOUK_CHECK(!name.empty());
  SOUK_CHECK(entries_.size() < no_actor.value);
  const ActorId id{static_cast<std::uint32_t>(entries_.size())};
  if (options.address) {
    [[maybe_unused]] const bool fresh = owners_.emplace(*options.address, id).second;
    SOUK_CHECK(fresh && "one address, one actor");
  }
  entries_.push_back({std::move(name), options.validator, options.signing_seed.has_value(), {}});
  return id;
}

void Directory::subscribe(ActorId subscriber, ActorId publisher, const Topic& topic) {
  SOUK_CHECK(subscriber.value < entries_.size());
  SOUK_CHECK(publisher.value < entries_.size());
  auto& list = entries_[publisher.value].subscribers[topic];
  if (std::find(list.begin(), list.end(), subscriber) == list.end()) list.push_back(subscriber);
}

std::string_view Directory::name(ActorId actor) const {
  return actor.value < entries_.size() ? std::string_view(entries_[actor.value].name) : "(no such actor)";
}

std::vector<std::string> Directory::names() const {
  std::vector<std::string> names;
  names.reserve(entries_.size());
  for (const Entry& entry : entries_) names.push_back(entry.name);
  return names;
}

ActorId Directory::find(const Address& address) const {
  const auto it = owners_.find(address);
  return it == owners_.end() ? no_actor : it->second;
}

std::span<const ActorId> Directory::subscribers(ActorId publisher, const Topic& topic) const {
  const auto& lists = entries_[publisher.value].subscribers;
  const auto it = lists.find(topic);
  return it == lists.end() ? std::span<const ActorId>() : std::span<const ActorId>(it->second);
}

}  // namespace souk::runtime
