#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/base/id_map.hpp"
#include "runtime/host.hpp"

namespace souk::runtime {

/// Who is who in one host: names, addresses, validator attachments and subscriptions. Both hosts keep one,
/// so that an effect finds the same receivers in both. Copyable; safe to read from many threads.
class Directory {
 public:
  /// The next ActorId. REQUIRES: the name is not empty; the address belongs to no other actor.
  ActorId add(std::string name, const ActorOptions& options);
  /// From now on `subscriber` gets what `publisher` publishes under `topic`. Twice is once.
  /// REQUIRES: both ids were added.
  void subscribe(ActorId subscriber, ActorId publisher, const Topic& topic);

  std::size_t size() const { return entries_.size(); }
  std::string_view name(ActorId actor) const;
  std::vector<std::string> names() const;
  /// The actor that owns `address`, or no_actor.
  ActorId find(const Address& address) const;
  /// The validator `actor` submits to, or no_actor.
  ActorId validator_of(ActorId actor) const { return entries_[actor.value].validator; }
  /// Whether it was given something to sign with.
  bool has_key(ActorId actor) const { return entries_[actor.value].has_key; }
  /// In order of subscription.
  std::span<const ActorId> subscribers(ActorId publisher, const Topic& topic) const;

 private:
  struct Entry {
    std::string name;
    ActorId validator;
    bool has_key;
    IdMap<Address, std::vector<ActorId>> subscribers;
  };
  std::vector<Entry> entries_;
  IdMap<Address, ActorId> owners_;
};

}  // namespace souk::runtime
