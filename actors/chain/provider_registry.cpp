#include "actors/chain/provider_registry.hpp"

#include "actors/base/id_map.hpp"

namespace souk {

std::uint32_t ProviderRegistry::row_of(const Address& owner) const {
  return index_.find(hash_of(owner),
                     [&](std::uint32_t row) { return providers_[row].record->owner == owner; });
}

ProviderRegistry::Row ProviderRegistry::make(const ProviderRecord& record) {
  return {std::make_shared<const ProviderRecord>(record),
          std::make_shared<const Capabilities>(record.attributes)};
}

Verdict ProviderRegistry::create(const MsgCreateProvider& msg, std::vector<ChainEvent>& events) {
  const Address& owner = msg.provider.owner;
  if (row_of(owner) != no_row) return refuse(ProviderError::exists, "provider already exists");
  Row row = make(msg.provider);
  events.push_back(EventProviderCreated{owner, {row.record, &row.record->attributes}});
  index_.insert(hash_of(owner), providers_.add(std::move(row)));
  return accepted();
}

Verdict ProviderRegistry::update(const MsgUpdateProvider& msg, std::vector<ChainEvent>& events) {
  const std::uint32_t row = row_of(msg.provider.owner);
  if (row == no_row) return refuse(ProviderError::not_found, "provider not found");
  Row& target = providers_.edit(row);
  target = make(msg.provider);
  events.push_back(EventProviderUpdated{msg.provider.owner, {target.record, &target.record->attributes}});
  return accepted();
}

Verdict ProviderRegistry::remove(const MsgDeleteProvider& msg) const {
  if (row_of(msg.owner) == no_row) return refuse(ProviderError::not_found, "provider not found");
  return refuse(ProviderError::not_implemented, "deleting a provider is not implemented");
}

const ProviderRecord* ProviderRegistry::find(const Address& owner) const {
  const std::uint32_t row = row_of(owner);
  return row == no_row ? nullptr : providers_[row].record.get();
}

const Capabilities& ProviderRegistry::capabilities(const Address& owner) const {
  return *providers_[row_of(owner)].capabilities;
}

void ProviderRegistry::rollback() {
  for (std::uint32_t row = providers_.size(); row-- > providers_.mark();)
    index_.erase(hash_of(providers_[row].record->owner), row);
  providers_.rollback();
}

}  // namespace souk
